namespace Gatehouse.Causes;

/// <summary>Files and directories on the server.</summary>
public static class Files
{
    /// <summary>The file can't be read.</summary>
    public static readonly Cause FileNotReadable = new()
    {
        Id = "file.not-readable",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files | Vantage.Guard,
        Title = "The file can't be read",
        Meaning = "The file exists, and the server's user has no permission to read it.",
        Confirm = "Run `namei -l PATH` and read the file as the server's user: `sudo -u www-data head -c1 PATH`.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Let the server's user read this one file: `chmod o+r PATH`, or its group; never 777.",
        Specification = "path_resolution(7); Apache httpd log message AH00132; nginx \"(13: Permission denied)\"",
    };

    /// <summary>A folder on the path can't be passed.</summary>
    public static readonly Cause DirectoryNotSearchable = new()
    {
        Id = "directory.not-searchable",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files | Vantage.Guard,
        Title = "A folder on the path can't be passed",
        Meaning = "A directory on the way to the file lacks the execute (search) permission for the server's user, so that everything below it is out of reach.",
        Confirm = "Run `namei -l PATH`: the first directory without x for the server's user is the one.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Let the server's user pass this one directory: `chmod o+x DIR`; a home directory is better left closed and the site moved out.",
        Specification = "path_resolution(7); Apache httpd log message AH00035; nginx \"(13: Permission denied)\"",
    };

    /// <summary>A folder without an index.</summary>
    public static readonly Cause DirectoryNoIndex = new()
    {
        Id = "directory.no-index",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Files | Vantage.Guard,
        Title = "A folder without an index",
        Meaning = "A directory was asked for; it has no index file, and listings are switched off.",
        Confirm = "List the directory: none of the names that the server looks for is in it. A file in it is served when it is asked for by name.",
        Visitor = "Ask for a page by its full address.",
        Developer = "Ask for a file, not for its folder.",
        Owner = "Put an index file there, name the existing one (DirectoryIndex, index), or switch listings on where that is meant.",
        Specification = "Apache httpd mod_dir and log message AH01276; nginx index, \"directory index of ... is forbidden\"",
    };

    /// <summary>A link that may not be followed.</summary>
    public static readonly Cause SymlinkRefused = new()
    {
        Id = "symlink.refused",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files | Vantage.Guard,
        Title = "A link that may not be followed",
        Meaning = "The path leads over a symbolic link, and the configuration does not allow to follow it, or asks that link and target have one owner.",
        Confirm = "Run `namei -l PATH` to see links and owners, and look for FollowSymLinks, SymLinksIfOwnerMatch or disable_symlinks.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Allow it for this directory (Options +SymLinksIfOwnerMatch, disable_symlinks if_not_owner), or put the file itself in place of the link.",
        Specification = "Apache httpd Options and log message AH00037; nginx disable_symlinks",
    };

    /// <summary>An ACL takes the permission away.</summary>
    public static readonly Cause FileAclDenied = new()
    {
        Id = "file.acl-denied",
        Status = 403,
        SeenFrom = Vantage.Files,
        Title = "An ACL takes the permission away",
        Meaning = "The mode seems to grant it, and the POSIX ACL, or its mask, does not.",
        Confirm = "Run `getfacl PATH`: look for the entry of the server's user or group, and for the mask and its \"effective\" notes.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Grant the server's user in the ACL and widen the mask by that bit: `setfacl -m u:www-data:r PATH`.",
        Specification = "acl(5)",
    };

    /// <summary>Refused by SELinux or AppArmor.</summary>
    public static readonly Cause FileLabelDenied = new()
    {
        Id = "file.label-denied",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files,
        Title = "Refused by SELinux or AppArmor",
        Meaning = "Mode and owner would let the server read it, and the system's mandatory access control does not.",
        Confirm = "Look at `ls -Z PATH` and search the audit log: `ausearch -m avc -ts recent`, or `journalctl -k | grep apparmor`.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Give the files the right label (`restorecon -R DIR`, `semanage fcontext`), or add the path to the AppArmor profile; don't switch the protection off.",
        Specification = "httpd_selinux(8); apparmor(7)",
    };

    /// <summary>Everybody may change it.</summary>
    public static readonly Cause FileWritableByAll = new()
    {
        Id = "file.writable-by-all",
        Status = null,
        SeenFrom = Vantage.Files,
        Title = "Everybody may change it",
        Meaning = "Every account of the machine may write this file or folder, the server's among them: whoever gets in by a small hole can change the site.",
        Confirm = "Run `find DIR -perm -0002 ! -type l`: it is listed.",
        Visitor = "There is nothing that you can do.",
        Developer = "There is nothing to do in the client.",
        Owner = "Take the bit away (`chmod o-w PATH`) and give the one account that writes there the ownership or a group.",
        Specification = "chmod(1); OWASP ASVS 5.0 section 13.4",
    };

    /// <summary>Denied to everybody.</summary>
    public static readonly Cause ResourceDenied = new()
    {
        Id = "resource.denied",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Denied to everybody",
        Meaning = "A rule denies this resource to all callers, whoever they are.",
        Confirm = "Find the rule: Require all denied, deny all, [F], return 403; nobody is let in by signing in.",
        Visitor = "There is nothing that you can do: the page is not for the public.",
        Developer = "Use another resource; no credentials open this one.",
        Owner = "Take the rule away, or narrow it, if the resource should be open.",
        Specification = "RFC 9110 section 15.5.4; Apache httpd Require all denied; nginx deny all",
    };

    /// <summary>No rule grants it.</summary>
    public static readonly Cause ResourceDeniedByDefault = new()
    {
        Id = "resource.denied-by-default",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "No rule grants it",
        Meaning = "No rule grants access to this resource, and the default is to deny.",
        Confirm = "Look for a rule that covers the path: there is none; the denying line stands for the whole tree.",
        Visitor = "Ask whoever runs the site.",
        Developer = "Use an address that is meant to be public.",
        Owner = "Grant the folder explicitly (Require all granted in its Directory section, a rule for the path), and nothing above it.",
        Specification = "RFC 9110 section 15.5.4; Apache httpd 2.4 upgrading guide, Run-Time Configuration Changes",
    };
}
