using System.CommandLine;

namespace Gatehouse.Cli.Commands;

/// <summary>The options of `why`, in the order of the help; several names are curl's own for the same thing.</summary>
internal sealed class WhyOptions
{
    public Option<string?> Method { get; } = new("--request", "-X") { HelpName = "METHOD", Description = "the method; others than GET, HEAD and OPTIONS are sent once, as given, and never varied" };

    public Option<string[]> Headers { get; } = new("--header", "-H") { HelpName = "'Name: value'", Description = "a request header, as often as needed ('Name;' sends it empty, 'Name:' leaves it out, @FILE reads them)" };

    public Option<string?> User { get; } = new("--user", "-u") { HelpName = "user:password", Description = "user and password: Basic, or Digest where the server asks for it; without password it is asked for" };

    public Option<string?> Bearer { get; } = new("--bearer", "--oauth2-bearer") { HelpName = "TOKEN", Description = "a bearer token" };

    public Option<string[]> Cookies { get; } = new("--cookie", "-b") { HelpName = "'a=b'", Description = "cookies to send" };

    public Option<string?> Jar { get; } = new("--cookie-jar", "-c") { HelpName = "FILE", Description = "the client's cookies, in Netscape's format" };

    public Option<string[]> Data { get; } = new("--data", "-d", "--data-raw") { HelpName = "STRING", Description = "a body; makes it a POST unless -X says otherwise" };

    public Option<string?> Agent { get; } = new("--user-agent", "-A") { HelpName = "TEXT", Description = "the User-Agent" };

    public Option<string?> Referrer { get; } = new("--referer", "-e") { HelpName = "URL", Description = "the Referer" };

    public Option<bool> Head { get; } = new("--head", "-I") { Description = "the same as -X HEAD" };

    public Option<string?> Certificate { get; } = new("--cert", "-E") { HelpName = "FILE", Description = "a client certificate, PEM or PKCS#12 (FILE:passphrase)" };

    public Option<string?> Key { get; } = new("--key") { HelpName = "FILE", Description = "its private key" };

    public Option<string?> Authorities { get; } = new("--cacert") { HelpName = "FILE", Description = "authorities to trust instead of the system's" };

    public Option<bool> Insecure { get; } = new("--insecure", "-k") { Description = "take any certificate of the server" };

    public Option<string[]> Resolve { get; } = new("--resolve") { HelpName = "HOST:PORT:ADDR", Description = "connect to this address for that name" };

    public Option<string?> Proxy { get; } = new("--proxy", "-x") { HelpName = "URL", Description = "an HTTP proxy; the environment's are not used" };

    public Option<string?> From { get; } = new("--from") { HelpName = "IP", Description = "the client address to evaluate rules for" };

    public Option<string?> Site { get; } = new("--site") { HelpName = "DIR", Description = "the document root" };

    public Option<string[]> ServerConfigurations { get; } = new("--server-config") { HelpName = "FILE", Description = "the server's configuration" };

    public Option<string[]> IncludeRoots { get; } = new("--include-root") { HelpName = "DIR", Description = "a folder beside the configuration's own from which its includes are read" };

    public Option<string[]> Logs { get; } = new("--log") { HelpName = "FILE", Description = "a log of the server" };

    public Option<string?> ServerUser { get; } = new("--server-user") { HelpName = "NAME", Description = "the account that the server's workers run as" };

    public Option<string?> Jwks { get; } = new("--jwks") { HelpName = "URL|FILE", Description = "the issuer's keys, to verify a token with" };

    public Option<bool> Metadata { get; } = new("--metadata") { Description = "fetch what the answer or the token names of its issuer (RFC 9728, OpenID discovery)" };

    public Option<string?> MaxRequests { get; } = new("--max-requests") { HelpName = "N", Description = "send at most so many requests (24)" };

    public Option<string?> Timeout { get; } = new("--timeout", "-m", "--max-time") { HelpName = "SECONDS", Description = "for all that is sent together (10)" };

    public Option<bool> ReadOnly { get; } = new("--read-only") { Description = "vary nothing but GET, HEAD and OPTIONS: this is so anyway" };

    public Option<bool> Location { get; } = new("--location", "-L") { Description = "follow redirects: this is so anyway", Hidden = true };

    public Option<bool> Json { get; } = new("--json") { Description = "the report for programs" };

    public Option<string?> Html { get; } = new("--html") { HelpName = "FILE", Description = "write the report as a page that can be printed and sent on" };

    public Option<bool> Share { get; } = new("--share") { Description = "replace hosts, names and addresses in the report" };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "the answer alone" };

    public Option<bool> NoColour { get; } = new("--no-color", "--no-colour") { Description = "no colours (as NO_COLOR in the environment)" };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
    [
        Method, Headers, User, Bearer, Cookies, Jar, Data, Agent, Referrer, Head, Certificate, Key, Authorities, Insecure, Resolve, Proxy, From, Site, ServerConfigurations, IncludeRoots, Logs,
        ServerUser, Jwks, Metadata, MaxRequests, Timeout, ReadOnly, Location, Json, Html, Share, Quiet, NoColour,
    ];
}
