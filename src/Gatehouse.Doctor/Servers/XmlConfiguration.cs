using System.Xml;
using System.Xml.Linq;

namespace Gatehouse.Doctor.Servers;

/// <summary>XML with line numbers, without document types, of bounded size: a configuration is read, nothing that it points to.</summary>
internal static class XmlConfiguration
{
    /// <summary>Characters: an entity bomb needs a document type, which is refused; this bounds the rest.</summary>
    private const long MaxCharacters = 16 << 20;

    /// <summary>Null, with the fault in words, where it does not parse.</summary>
    public static XElement? Read(ConfigurationText text, out string? fault)
    {
        fault = null;
        try
        {
            using var reader = XmlReader.Create(new StringReader(text.Text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null, MaxCharactersInDocument = MaxCharacters, MaxCharactersFromEntities = 0 });
            return XDocument.Load(reader, LoadOptions.SetLineInfo).Root;
        }
        catch (XmlException broken)
        {
            fault = $"{text.Name}:{broken.LineNumber} does not parse: {broken.Message}";
            return null;
        }
    }

    /// <summary>The line of an element; 0 where it is not known.</summary>
    public static int Line(this XObject element) => ((IXmlLineInfo)element).LineNumber;

    /// <summary>Children of that name, whatever their namespace.</summary>
    public static IEnumerable<XElement> Named(this XElement element, string name) => element.Elements().Where(child => child.Name.LocalName == name);

    /// <summary>The trimmed text of the first child of that name; null: none.</summary>
    public static string? Text(this XElement element, string name) => element.Named(name).FirstOrDefault()?.Value.Trim();

    /// <summary>An attribute without regard to case; null: none.</summary>
    public static string? Value(this XElement element, string name) => element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>The element's start tag in one line.</summary>
    public static string Tag(this XElement element)
    {
        var attributes = string.Concat(element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration).Select(attribute => $" {attribute.Name.LocalName}=\"{attribute.Value}\""));
        return $"<{element.Name.LocalName}{attributes}>" + (element.HasElements || element.Value.Length is 0 or > 80 ? "" : $"{element.Value.Trim()}</{element.Name.LocalName}>");
    }
}
