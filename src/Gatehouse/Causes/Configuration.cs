namespace Gatehouse.Causes;

/// <summary>Server rules that are wrong.</summary>
public static class Configuration
{
    /// <summary>The .htaccess file has no effect.</summary>
    public static readonly Cause HtaccessIgnored = new()
    {
        Id = "htaccess.ignored",
        Status = null,
        SeenFrom = Vantage.Configuration | Vantage.Files,
        Title = "The .htaccess file has no effect",
        Meaning = "There is a .htaccess file whose rules are never read: AllowOverride None, another AccessFileName, or a server that knows no such files.",
        Confirm = "Write a line of nonsense into the file: the site still answers without 500.",
        Visitor = "There is nothing that you can do.",
        Developer = "There is nothing to do in the client.",
        Owner = "Set AllowOverride for this directory to what the file needs, or move its rules to the server's configuration.",
        Specification = "Apache httpd AllowOverride and AccessFileName",
    };

    /// <summary>The .htaccess file can't be read.</summary>
    public static readonly Cause HtaccessUnreadable = new()
    {
        Id = "htaccess.unreadable",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files,
        Title = "The .htaccess file can't be read",
        Meaning = "The server can't read a .htaccess file on the way, and refuses everything below that folder to be safe.",
        Confirm = "Read it as the server's user: `sudo -u www-data head -c1 .htaccess`; the error log says AH00529.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Let the server's user read it: `chmod 644 .htaccess`.",
        Specification = "Apache httpd log message AH00529",
    };

    /// <summary>A line of .htaccess does not parse.</summary>
    public static readonly Cause HtaccessSyntaxError = new()
    {
        Id = "htaccess.syntax-error",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "A line of .htaccess does not parse",
        Meaning = "A line of a .htaccess file is not understood: a typing error, a missing module, a directive of another version. The server answers 500 to everything below.",
        Confirm = "Read the error log: it names file and line.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Correct or remove the line; load the module that knows the directive, or write it in the present version's words.",
        Specification = "Apache httpd configuration files, .htaccess",
    };

    /// <summary>A directive that is not permitted here.</summary>
    public static readonly Cause HtaccessNotPermitted = new()
    {
        Id = "htaccess.not-permitted",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "A directive that is not permitted here",
        Meaning = "A .htaccess file uses a directive that AllowOverride does not permit in this place. The server answers 500 to everything below.",
        Confirm = "Read the error log: it says \"not allowed here\" with file and line.",
        Visitor = "Tell whoever runs the site.",
        Developer = "Tell whoever runs the site: nothing in the request is wrong.",
        Owner = "Permit the directive's class (AllowOverride AuthConfig, Limit, Options, FileInfo, Indexes), or move the line to the server's configuration.",
        Specification = "Apache httpd AllowOverride",
    };

    /// <summary>Rules that work against each other.</summary>
    public static readonly Cause HtaccessConflictingRules = new()
    {
        Id = "htaccess.conflicting-rules",
        Status = null,
        SeenFrom = Vantage.Configuration,
        Title = "Rules that work against each other",
        Meaning = "Old Order, Allow and Deny are mixed with Require, or rules cancel each other, so that the outcome is not what was meant.",
        Confirm = "Read all rules that apply, in the order in which they are merged; take out one kind and look again.",
        Visitor = "Tell whoever runs the site.",
        Developer = "There is nothing to do in the client.",
        Owner = "Write all of it with Require, and unload mod_access_compat.",
        Specification = "Apache httpd 2.4 upgrading guide, Access control; mod_access_compat",
    };

    /// <summary>The configuration does not parse.</summary>
    public static readonly Cause ConfigSyntaxError = new()
    {
        Id = "config.syntax-error",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "The configuration does not parse",
        Meaning = "The server's configuration has an error: the server does not start, or goes on with the old one.",
        Confirm = "Run the server's own test: `apachectl configtest`, `nginx -t`, `caddy validate`, `haproxy -c -f FILE`.",
        Visitor = "Tell whoever runs the site.",
        Developer = "There is nothing to do in the client.",
        Owner = "Correct the line that the test names, then reload.",
        Specification = "Apache httpd apachectl(8); nginx(8)",
    };

    /// <summary>A rule that never takes effect.</summary>
    public static readonly Cause ConfigRuleUnreachable = new()
    {
        Id = "config.rule-unreachable",
        Status = null,
        SeenFrom = Vantage.Configuration,
        Title = "A rule that never takes effect",
        Meaning = "A rule can never decide anything: an earlier or more specific one always matches before it.",
        Confirm = "Follow the server's order of matching for an address that the rule is meant for: another rule is reached first.",
        Visitor = "There is nothing that you can do.",
        Developer = "There is nothing to do in the client.",
        Owner = "Move or narrow the rule that hides it, or remove the one that is hidden.",
        Specification = "nginx location; Apache httpd configuration sections; HAProxy http-request",
    };

    /// <summary>Open though it looks protected.</summary>
    public static readonly Cause ConfigOpenByMistake = new()
    {
        Id = "config.open-by-mistake",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration,
        Title = "Open though it looks protected",
        Meaning = "A rule means to protect this resource, and it is served to everybody all the same.",
        Confirm = "Ask for it without credentials from outside: it answers 200.",
        Visitor = "Tell whoever runs the site, and nobody else.",
        Developer = "Tell whoever runs the site, and nobody else.",
        Owner = "Close it: give AuthType its Require, protect all methods and not only GET, put the rule where the server reads it; look in the log who has been there.",
        Specification = "RFC 9110 section 15.5.2; Apache httpd Require; nginx location",
    };

    /// <summary>Not the configuration that answered.</summary>
    public static readonly Cause ConfigNotInForce = new()
    {
        Id = "config.not-in-force",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration,
        Title = "Not the configuration that answered",
        Meaning = "The configuration that was given would answer otherwise than the server did: it was changed and not reloaded, another file is read, or another server answers there.",
        Confirm = "Compare the file's time with the start of the server's workers (`ps -o lstart`), and ask the server what it reads: `apachectl -S`, `nginx -T`.",
        Visitor = "There is nothing that you can do.",
        Developer = "There is nothing to do in the client.",
        Owner = "Reload the server; if nothing changes, find out which program listens there and which file it reads.",
        Specification = "Apache httpd apachectl(8); nginx(8), signals",
    };

    /// <summary>The application behind refuses.</summary>
    public static readonly Cause UpstreamRefused = new()
    {
        Id = "upstream.refused",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "The application behind refuses",
        Meaning = "The refusal was made by the application or server behind the proxy; the proxy only passes it on.",
        Confirm = "Ask the application directly, around the proxy: it gives the same answer.",
        Visitor = "Follow what the page says; the site's own sign-in decides.",
        Developer = "Read the body: it is the application's, and its documentation tells what it wants.",
        Owner = "Look into the application's own log; the proxy's configuration is not the place.",
        Specification = "RFC 9110 section 7.6; nginx ngx_http_proxy_module; Apache httpd mod_proxy",
    };

    /// <summary>The authentication service failed.</summary>
    public static readonly Cause UpstreamAuthFailed = new()
    {
        Id = "upstream.auth-failed",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "The authentication service failed",
        Meaning = "The request that asks another service whether the caller may pass failed itself, or was answered with a status that does not count as yes or no.",
        Confirm = "Ask that service directly with the caller's fields, and read the proxy's error log.",
        Visitor = "Try again later.",
        Developer = "Try again later; nothing in the request is wrong.",
        Owner = "See that the service is reached (name, port, TLS) and answers 2xx, 401 or 403 and nothing else.",
        Specification = "nginx ngx_http_auth_request_module; Envoy ext_authz; Traefik ForwardAuth",
    };
}
