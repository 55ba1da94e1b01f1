using System.Text;

namespace Gatehouse.Guard.Refusals;

/// <summary>A body that is the same for every refusal of its kind but for the incident id, which is written over its places.</summary>
internal sealed class Prepared
{
    /// <summary>As long as an incident id, and nowhere else in a body: drawn anew at each start, so that no text can hold it.</summary>
    public static readonly string Marker = Incident.NewId();

    private readonly byte[] _body;
    private readonly int[] _places;

    /// <summary>Takes a body in which <see cref="Marker"/> stands for the incident id.</summary>
    public Prepared(string contentType, string body)
    {
        ContentType = contentType;
        _body = Encoding.UTF8.GetBytes(body);
        var marker = Encoding.ASCII.GetBytes(Marker);
        var places = new List<int>();
        for (var at = 0; ; at += marker.Length)
        {
            var next = _body.AsSpan(at).IndexOf(marker);
            if (next < 0) break;
            at += next;
            places.Add(at);
        }

        _places = [.. places];
    }

    /// <summary>Value of Content-Type.</summary>
    public string ContentType { get; }

    /// <summary>In bytes.</summary>
    public int Length => _body.Length;

    /// <summary>Copies the body with the id in its places.</summary>
    public void Write(string incident, Span<byte> destination)
    {
        _body.CopyTo(destination);
        foreach (var place in _places)
            Encoding.ASCII.GetBytes(incident, destination[place..]);
    }
}
