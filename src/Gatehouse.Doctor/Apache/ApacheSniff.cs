using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Doctor.Apache;

/// <summary>Tells httpd's configuration from others by its own words.</summary>
internal static class ApacheSniff
{
    /// <summary>Read to tell the kind of a file.</summary>
    private const int MaxSniffed = 64 << 10;

    /// <summary>Whether a file is one of httpd's: most of its lines are sections or directives that httpd knows, and none ends as nginx ends them.</summary>
    public static bool IsHttpd(string path)
    {
        try
        {
            if (!File.Exists(path)) return false;
            using var reader = new StreamReader(path);
            var buffer = new char[MaxSniffed];
            return IsText(new string(buffer, 0, reader.ReadBlock(buffer)));
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The same of a text.</summary>
    public static bool IsText(string text)
    {
        int known = 0, other = 0;
        foreach (var statement in ConfigText.Parse("", text).Statements)
        {
            switch (statement.Kind)
            {
                case StatementKind.Open:
                    if (DirectiveTable.Find("<" + ConfigNode.NameOf(statement.Text.AsSpan(1))).Count > 0) known += 2;
                    else other++;
                    break;
                case StatementKind.Directive:
                    if (statement.Text.EndsWith(';') || statement.Text.EndsWith('{') || statement.Text == "}") other++;
                    else if (DirectiveTable.Find(ConfigNode.NameOf(statement.Text)).Count > 0) known++;
                    else other++;
                    break;
                case StatementKind.Blank or StatementKind.Comment or StatementKind.Close:
                    break;
            }
        }

        return known > other;
    }
}
