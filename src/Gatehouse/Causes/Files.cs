namespace Gatehouse.Causes;

/// <summary>Files and directories on the server.</summary>
public static class Files
{
    /// <summary>Not readable.</summary>
    public static readonly Cause FileNotReadable = new()
    {
        Id = "file.not-readable",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files | Vantage.Guard,
        Title = "Not readable",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Not searchable.</summary>
    public static readonly Cause DirectoryNotSearchable = new()
    {
        Id = "directory.not-searchable",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files | Vantage.Guard,
        Title = "Not searchable",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>No index.</summary>
    public static readonly Cause DirectoryNoIndex = new()
    {
        Id = "directory.no-index",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Files | Vantage.Guard,
        Title = "No index",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Refused.</summary>
    public static readonly Cause SymlinkRefused = new()
    {
        Id = "symlink.refused",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files | Vantage.Guard,
        Title = "Refused",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Acl denied.</summary>
    public static readonly Cause FileAclDenied = new()
    {
        Id = "file.acl-denied",
        Status = 403,
        SeenFrom = Vantage.Files,
        Title = "Acl denied",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Label denied.</summary>
    public static readonly Cause FileLabelDenied = new()
    {
        Id = "file.label-denied",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files,
        Title = "Label denied",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Denied.</summary>
    public static readonly Cause ResourceDenied = new()
    {
        Id = "resource.denied",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Denied",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Denied by default.</summary>
    public static readonly Cause ResourceDeniedByDefault = new()
    {
        Id = "resource.denied-by-default",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Denied by default",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
