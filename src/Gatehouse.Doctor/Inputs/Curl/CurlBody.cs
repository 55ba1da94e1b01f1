using System.Text;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>A body as curl sends it.</summary>
/// <param name="Content">The octets.</param>
/// <param name="Type">What curl says of it on its own; null: nothing (an upload).</param>
/// <param name="Json">Given with --json, which asks for JSON too.</param>
/// <param name="Upload">Given with -T.</param>
internal sealed record CurlContent(byte[] Content, string? Type, bool Json, bool Upload);

/// <summary>Gathers -d in all its forms, -F and -T.</summary>
internal sealed class CurlBody(InputSources sources, string? input, Action<int, string> say)
{
    /// <summary>Stands between the parts of a form; curl takes a random one.</summary>
    private const string Boundary = "------------------------gatehouse5b1f0a7c";

    private readonly StringBuilder data = new();
    private readonly StringBuilder form = new();
    private byte[]? upload;
    private bool any;
    private bool json;

    /// <summary>Name of the file of -T; null: none.</summary>
    public string? UploadName { get; private set; }

    /// <summary>All of -d, for -G.</summary>
    public string Text => data.ToString();

    /// <summary>Takes one option in.</summary>
    public void Add(CurlSetting setting)
    {
        var value = setting.Value;
        switch (setting.Option.Meaning)
        {
            case CurlMeaning.Data: Join(value.StartsWith('@') ? File(value[1..], setting.Position)?.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal) : value); break;
            case CurlMeaning.DataBinary: Join(value.StartsWith('@') ? File(value[1..], setting.Position) : value); break;
            case CurlMeaning.DataRaw: Join(value); break;
            case CurlMeaning.DataEncoded: Join(Encoded(value, sources with { File = name => name == "-" ? Standard() : sources.File(name) }, say, setting.Position)); break;
            case CurlMeaning.Json:
                if ((value.StartsWith('@') ? File(value[1..], setting.Position) : value) is { } text) data.Append(text);
                any = json = true;
                break;
            case CurlMeaning.FormString: AddPart(value, literal: true, setting.Position); break;
            case CurlMeaning.Form: AddPart(value, literal: false, setting.Position); break;
            default:
                UploadName = Path.GetFileName(Octets.Text(value));
                upload = File(value, setting.Position) is { } content ? Octets.Bytes(content) : [];
                break;
        }
    }

    /// <summary>The body; null: none was given.</summary>
    public CurlContent? Finished()
    {
        if (form.Length > 0) return new(Octets.Bytes($"{form}--{Boundary}--\r\n"), $"multipart/form-data; boundary={Boundary}", false, false);
        if (any) return new(Octets.Bytes(data.ToString()), json ? "application/json" : "application/x-www-form-urlencoded", json, false);
        return upload is null ? null : new(upload, null, false, true);
    }

    /// <summary><c>content</c>, <c>=content</c>, <c>name=content</c>, <c>@file</c>, <c>name@file</c> of --data-urlencode.</summary>
    public static string Encoded(string value, InputSources sources, Action<int, string> say, int position)
    {
        var sign = value.AsSpan().IndexOfAny('=', '@');
        if (sign < 0) return Escaped(value);
        var name = sign == 0 ? "" : value[..sign] + "=";
        if (value[sign] == '=') return name + Escaped(value[(sign + 1)..]);
        var file = sources.File(Octets.Text(value[(sign + 1)..]));
        if (file.Fault is { } fault) say(position, fault);
        return name + Escaped(Octets.Of(file.Content.Span));
    }

    private static string Escaped(string octets)
    {
        var escaped = new StringBuilder();
        foreach (var c in octets)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~') escaped.Append(c);
            else escaped.Append('%').Append(((int)c).ToString("X2"));
        }

        return escaped.ToString();
    }

    private void Join(string? more)
    {
        // An empty one is joined as well; --json alone runs on without a sign.
        if (any) data.Append('&');
        data.Append(more);
        any = true;
    }

    private string? File(string name, int position)
    {
        var file = name == "-" ? Standard() : sources.File(Octets.Text(name));
        if (file.Fault is null) return Octets.Of(file.Content.Span);
        say(position, file.Fault);
        return null;
    }

    private FileReading Standard() =>
        input is null ? new(default, "a body from standard input is not known here: it is left out") : new(Octets.Bytes(input), null);

    // name=content;type=...;filename=...;headers=...  name=@file  name=<file
    private void AddPart(string value, bool literal, int position)
    {
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            say(position, "a part of a form without `=` is left out");
            return;
        }

        var name = value[..equals];
        var content = value[(equals + 1)..];
        string? type = null;
        string? fileName = null;
        if (!literal)
        {
            var pieces = content.StartsWith('"') ? [content.Trim('"')] : content.Split(';');
            content = pieces[0];
            foreach (var piece in pieces.Skip(1))
            {
                var trimmed = piece.Trim(' ');
                if (trimmed.StartsWith("type=", StringComparison.Ordinal)) type = trimmed[5..];
                else if (trimmed.StartsWith("filename=", StringComparison.Ordinal)) fileName = trimmed[9..].Trim('"');
                else if (type is not null) type += ";" + piece;
                else content += ";" + piece;
            }

            if (content.StartsWith('@') || content.StartsWith('<'))
            {
                var file = content[1..].Trim('"');
                if (content[0] == '@')
                {
                    fileName ??= Path.GetFileName(file);
                    type ??= TypeOf(file);
                }

                content = File(file, position) ?? "";
            }
        }

        form.Append("--").Append(Boundary).Append("\r\nContent-Disposition: form-data; name=\"").Append(Quoted(name)).Append('"');
        if (fileName is not null) form.Append("; filename=\"").Append(Quoted(fileName)).Append('"');
        form.Append("\r\n");
        if (type is not null) form.Append("Content-Type: ").Append(type.ReplaceLineEndings("")).Append("\r\n");
        form.Append("\r\n").Append(content).Append("\r\n");
    }

    // Form parts escape as the HTML standard says.
    private static string Quoted(string name) =>
        name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string TypeOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".gif" => "image/gif",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".png" => "image/png",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain",
        ".htm" or ".html" => "text/html",
        ".pdf" => "application/pdf",
        ".xml" => "application/xml",
        _ => "application/octet-stream",
    };
}
