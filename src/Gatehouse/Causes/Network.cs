namespace Gatehouse.Causes;

/// <summary>Where the request comes from, and how.</summary>
public static class Network
{
    /// <summary>Address on a block list.</summary>
    public static readonly Cause IpBlocked = new()
    {
        Id = "ip.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Address on a block list",
        Meaning = "The address that the request came from is on a list of addresses that are refused.",
        Confirm = "Look the address up in the rule or list; behind a proxy make sure which address the server sees.",
        Visitor = "Try another network; ask whoever runs the site, and name the incident.",
        Developer = "Come from an address that is not listed.",
        Owner = "Take the address off the list if it stands there wrongly; behind a proxy let the server learn the client's address from that proxy alone.",
        Specification = "RFC 9110 section 15.5.4; nginx deny; Apache httpd Require not ip",
    };

    /// <summary>Address not on the allow list.</summary>
    public static readonly Cause IpNotAllowed = new()
    {
        Id = "ip.not-allowed",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Address not on the allow list",
        Meaning = "Only some addresses may come here, and the one that the request came from is not among them.",
        Confirm = "Compare the client's address in the access log with the networks that the rule allows.",
        Visitor = "Use the network (office, VPN) from which access is open.",
        Developer = "Come from an allowed address, and check which one the server sees.",
        Owner = "Add the network to the rule; behind a proxy let the server learn the client's address from that proxy alone (mod_remoteip, real_ip).",
        Specification = "RFC 9110 section 15.5.4; nginx allow; Apache httpd Require ip",
    };

    /// <summary>Banned for behaviour.</summary>
    public static readonly Cause IpBanned = new()
    {
        Id = "ip.banned",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Banned for behaviour",
        Meaning = "The address is banned for some time for what came from it: failures, scans, a reputation list.",
        Confirm = "Ask the tool that bans: `fail2ban-client status JAIL`, `cscli decisions list`.",
        Visitor = "Wait, or use another network; tell whoever runs the site if you don't know why.",
        Developer = "Stop the program that fails again and again; then wait.",
        Owner = "Lift the ban (`fail2ban-client set JAIL unbanip ADDRESS`, `cscli decisions delete --ip ADDRESS`) after its reason is gone.",
        Specification = "RFC 9110 section 15.5.4",
    };

    /// <summary>Country not served.</summary>
    public static readonly Cause CountryBlocked = new()
    {
        Id = "country.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Country not served",
        Meaning = "The address belongs to a country that is refused, or is not among those that are served.",
        Confirm = "Look the address up in the country database that the server uses.",
        Visitor = "There is nothing that you can do from this country; a wrongly located address can be reported to whoever runs the site.",
        Developer = "Come from a network in a country that is served.",
        Owner = "Renew the country database; exempt the address if it is located wrongly.",
        Specification = "RFC 9110 section 15.5.4; RFC 7725 where a law demands it",
    };

    /// <summary>Too many requests.</summary>
    public static readonly Cause RateExceeded = new()
    {
        Id = "rate.exceeded",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Too many requests",
        Meaning = "More requests came from this caller than the limit allows. The right status is 429; some servers answer 403 or 503.",
        Confirm = "Wait for the time in Retry-After and send a single request.",
        Visitor = "Wait a moment, then try again.",
        Developer = "Honour Retry-After and the RateLimit fields, and send fewer requests at a time.",
        Owner = "Answer 429 with Retry-After (limit_req_status 429), and set the limit per caller rather than per proxy.",
        Specification = "RFC 6585 section 4; RFC 9110 section 10.2.3",
    };

    /// <summary>Stopped by a firewall.</summary>
    public static readonly Cause WafBlocked = new()
    {
        Id = "waf.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration,
        Title = "Stopped by a firewall",
        Meaning = "A web application firewall took something in the request for an attack.",
        Confirm = "Look the rule's number or the answer's reference up in the firewall's log; leave parts of the request out until it passes.",
        Visitor = "Tell whoever runs the site what you did, and the reference on the page.",
        Developer = "Send the request without what looks like an attack (quotes, tags, SQL words, an odd User-Agent).",
        Owner = "Look the rule up by its number and exempt this path or parameter from that rule alone.",
        Specification = "OWASP Core Rule Set; ModSecurity audit log",
    };

    /// <summary>Prove that you are no robot.</summary>
    public static readonly Cause BotChallenged = new()
    {
        Id = "bot.challenged",
        Status = 403,
        SeenFrom = Vantage.Outside,
        Title = "Prove that you are no robot",
        Meaning = "A check that only a browser passes stands before the content.",
        Confirm = "Open the address in a browser: the check appears and then the page; a program without scripts never passes.",
        Visitor = "Allow scripts and cookies for this site and wait for the check.",
        Developer = "Use the API or an address that is exempt, or ask for your client to be let through.",
        Owner = "Exempt APIs, feeds and well-behaved clients from the check.",
        Specification = "RFC 9110 section 15.5.4",
    };

    /// <summary>Refused for its User-Agent.</summary>
    public static readonly Cause UserAgentBlocked = new()
    {
        Id = "user-agent.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Refused for its User-Agent",
        Meaning = "A rule refuses what the client calls itself in the User-Agent field, or that it calls itself nothing.",
        Confirm = "Repeat the request with another User-Agent: it is served.",
        Visitor = "Use a current browser.",
        Developer = "Send a User-Agent of your own that names program and contact.",
        Owner = "Narrow the rule: names are easily changed, and well-behaved programs are hit first.",
        Specification = "RFC 9110 section 10.1.5",
    };

    /// <summary>Linked from elsewhere.</summary>
    public static readonly Cause ReferrerBlocked = new()
    {
        Id = "referrer.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Linked from elsewhere",
        Meaning = "The resource may only be used from the site's own pages, and the Referer field names another one, or none.",
        Confirm = "Repeat the request with the site's own address as Referer: it is served.",
        Visitor = "Open the page that the picture or file belongs to.",
        Developer = "Link to the page instead of embedding the file.",
        Owner = "Let requests without a Referer pass: privacy settings remove it.",
        Specification = "RFC 9110 section 10.1.3; nginx valid_referers",
    };

    /// <summary>A header is missing or differs.</summary>
    public static readonly Cause HeaderRequired = new()
    {
        Id = "header.required",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "A header is missing or differs",
        Meaning = "A rule asks for a field (a shared secret, a client id, a version) that did not come, or has another value.",
        Confirm = "Read the rule, or the API's documentation, for the field's name and repeat the request with it.",
        Visitor = "Use the official way to the site: address, app or proxy.",
        Developer = "Send the field that the API documents.",
        Owner = "Where a proxy sets the field, see that requests come through it and that the values agree.",
        Specification = "RFC 9110 section 15.5.4",
    };

    /// <summary>Origin not accepted.</summary>
    public static readonly Cause OriginRefused = new()
    {
        Id = "origin.refused",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Origin not accepted",
        Meaning = "The request says from which site's page it comes (Origin), and that site is not accepted.",
        Confirm = "Repeat the request with the accepted Origin, or without one.",
        Visitor = "Use the site's own page.",
        Developer = "Ask for your site's origin (scheme, host, port) to be accepted.",
        Owner = "Add the origin exactly, with scheme and port; behind a proxy see that scheme and host arrive unchanged.",
        Specification = "RFC 6454 section 7; Fetch standard, CORS protocol",
    };

    /// <summary>Preflight refused.</summary>
    public static readonly Cause CorsPreflightRefused = new()
    {
        Id = "cors.preflight-refused",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration,
        Title = "Preflight refused",
        Meaning = "Before the real request a browser asks with OPTIONS, without credentials; that question was refused, so that the real request is never sent.",
        Confirm = "Send `curl -i -X OPTIONS` with Origin and Access-Control-Request-Method: it answers 401 or 403, or without Access-Control-Allow-Origin.",
        Visitor = "Tell whoever runs the site; nothing in your browser is wrong.",
        Developer = "Nothing in the page can help: the server must answer OPTIONS without credentials.",
        Owner = "Answer OPTIONS before authentication (exempt the method in the rule, put CORS before the login), with 204 and the Access-Control fields.",
        Specification = "Fetch standard, CORS-preflight fetch",
    };

    /// <summary>This method is refused.</summary>
    public static readonly Cause MethodDenied = new()
    {
        Id = "method.denied",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "This method is refused",
        Meaning = "A rule refuses the method (PUT, POST, DELETE, ...) at this address, for everybody or for this caller.",
        Confirm = "Repeat the request with GET: it is served, or refused for another reason.",
        Visitor = "There is nothing that you can do here.",
        Developer = "Use a method that the resource allows; Allow in the answer to OPTIONS lists them.",
        Owner = "Allow the method in the rule (limit_except, LimitExcept, AllowMethods) if it is due; a method that nobody may use is rather 405.",
        Specification = "RFC 9110 sections 9.1 and 15.5.6; nginx limit_except; Apache httpd LimitExcept",
    };

    /// <summary>Only over https.</summary>
    public static readonly Cause HttpsRequired = new()
    {
        Id = "https.required",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Only over https",
        Meaning = "The resource is refused over plain http.",
        Confirm = "Repeat the request with https: it is served.",
        Visitor = "Write https:// before the address.",
        Developer = "Use the https address; credentials must not travel over plain http.",
        Owner = "Redirect pages to https; refuse it for APIs, and tell the proxy that ends TLS to say so (X-Forwarded-Proto).",
        Specification = "RFC 9110 section 4.2.2; Apache httpd SSLRequireSSL",
    };

    /// <summary>No such site here.</summary>
    public static readonly Cause HostUnknown = new()
    {
        Id = "host.unknown",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "No such site here",
        Meaning = "The name in the Host field, or in the TLS handshake, is none that this server serves, so that its fallback site refuses.",
        Confirm = "Repeat the request with the site's real name: `curl --resolve NAME:443:ADDRESS https://NAME/`.",
        Visitor = "Check the address for a typing error, and don't use the number instead of the name.",
        Developer = "Use the name that the server serves, in Host and in TLS alike.",
        Owner = "Add the name to server_name or ServerAlias, or point its DNS elsewhere.",
        Specification = "RFC 9110 sections 7.2 and 7.4; nginx server_name; Apache httpd ServerAlias",
    };

    /// <summary>Outside the open hours.</summary>
    public static readonly Cause TimeOutsideWindow = new()
    {
        Id = "time.outside-window",
        Status = 403,
        SeenFrom = Vantage.Configuration | Vantage.Guard,
        Title = "Outside the open hours",
        Meaning = "Access is open at certain hours only, and this is not one of them.",
        Confirm = "Compare the answer's Date with the hours of the rule, in the rule's time zone.",
        Visitor = "Come back within the open hours.",
        Developer = "Send the request within the open hours.",
        Owner = "Check hours and time zone of the rule; servers count in UTC unless told otherwise.",
        Specification = "RFC 9110 section 15.5.4",
    };
}
