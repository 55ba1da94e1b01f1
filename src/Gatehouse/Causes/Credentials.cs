namespace Gatehouse.Causes;

/// <summary>Credentials: who are you?.</summary>
public static class Credentials
{
    /// <summary>No credentials.</summary>
    public static readonly Cause Missing = new()
    {
        Id = "credentials.missing",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "No credentials",
        Meaning = "The request carried no credentials, and this resource is only for callers who say who they are.",
        Confirm = "Repeat the request with `curl -v`: there is no Authorization line (or key, or certificate) among the lines that are sent, and the answer's WWW-Authenticate names what is wanted.",
        Visitor = "Sign in.",
        Developer = "Send credentials of one of the schemes that WWW-Authenticate names; look whether the client adds them to this address at all.",
        Owner = "Nothing is wrong where the resource is meant to be protected; otherwise take this path out of the rule that asks for a sign-in.",
        Specification = "RFC 9110 sections 11.6.1 and 15.5.2",
    };

    /// <summary>Credentials can't be read.</summary>
    public static readonly Cause Malformed = new()
    {
        Id = "credentials.malformed",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Credentials can't be read",
        Meaning = "Credentials came, and they do not have the form that their scheme prescribes, so that nobody could look at who they are.",
        Confirm = "Compare the Authorization line as it was really sent, octet by octet, with the grammar of its scheme; `base64 -d` reads what stands behind Basic.",
        Visitor = "Sign in again; if it stays, tell whoever wrote the program.",
        Developer = "Build the field with a library: one scheme, one blank, the credentials without quotes, line ends or a second scheme word.",
        Owner = "Look whether a proxy on the way rewrites or doubles the Authorization field.",
        Specification = "RFC 9110 sections 11.4 and 11.6.2; RFC 7617 section 2; RFC 6750 section 2.1",
    };

    /// <summary>A scheme that is not offered.</summary>
    public static readonly Cause WrongScheme = new()
    {
        Id = "credentials.wrong-scheme",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "A scheme that is not offered",
        Meaning = "Credentials came in a scheme that the server does not accept at this address.",
        Confirm = "Compare the first word of the Authorization line with the schemes in WWW-Authenticate.",
        Visitor = "Sign in the way the page offers.",
        Developer = "Use one of the schemes that WWW-Authenticate names; a token goes behind Bearer, name and password behind Basic or Digest.",
        Owner = "Offer the scheme here too, if callers are meant to use it.",
        Specification = "RFC 9110 sections 11.1 and 11.6.1",
    };

    /// <summary>Another character encoding.</summary>
    public static readonly Cause WrongCharset = new()
    {
        Id = "credentials.wrong-charset",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Guard,
        Title = "Another character encoding",
        Meaning = "The user name or password has characters beyond ASCII and was sent in another encoding than the one the server compares in.",
        Confirm = "Decode the Basic credentials and look at the octets of the non-ASCII characters: one octet each is ISO-8859-1, two or more are UTF-8.",
        Visitor = "Choose a password of plain ASCII characters until it is mended.",
        Developer = "Encode name and password as UTF-8, in normal form C, before base64.",
        Owner = "Announce charset=\"UTF-8\" in the challenge and store password hashes over UTF-8.",
        Specification = "RFC 7617 section 2.1; RFC 7616 section 4",
    };

    /// <summary>Credentials lost on the way.</summary>
    public static readonly Cause Dropped = new()
    {
        Id = "credentials.dropped",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration,
        Title = "Credentials lost on the way",
        Meaning = "The client has credentials and sent them, and they did not arrive where they are judged: a redirect, a proxy or the gateway to the application took them away.",
        Confirm = "Print the request's fields where the application receives them and compare with what the client sent; follow redirects one by one.",
        Visitor = "Open the final address directly instead of the one that redirects.",
        Developer = "Send the request to the final address at once; clients drop Authorization when a redirect leads to another origin, and are right to.",
        Owner = "Pass the field on: CGIPassAuth On for CGI and FastCGI of Apache httpd, no empty `proxy_set_header Authorization`, fastcgi_param HTTP_AUTHORIZATION where a list of parameters is written by hand.",
        Specification = "RFC 9110 sections 11.6.2 and 15.4; Fetch standard, HTTP-redirect fetch; Apache httpd CGIPassAuth",
    };

    /// <summary>Name or password not accepted.</summary>
    public static readonly Cause PasswordRejected = new()
    {
        Id = "password.rejected",
        Status = 401,
        SeenFrom = Vantage.Outside,
        Title = "Name or password not accepted",
        Meaning = "The user name or the password is wrong, and nothing visible tells which of the two.",
        Confirm = "Sign in by hand with the same name and password, watching for blanks at the ends and the keyboard's layout; a name that can't exist gets the same answer.",
        Visitor = "Type name and password once more, or have the password reset.",
        Developer = "Check which account the program uses and where its password comes from; a rotated password stays in old configuration.",
        Owner = "Look the name up in the log or the password file: those tell which of the two was wrong.",
        Specification = "RFC 9110 section 15.5.2; RFC 7617 section 2",
    };

    /// <summary>No such user.</summary>
    public static readonly Cause PasswordUnknownUser = new()
    {
        Id = "password.unknown-user",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "No such user",
        Meaning = "No account has this name. The public is never told; the operator is.",
        Confirm = "Search the password file or account list for the name, letter by letter: names are compared with regard to case.",
        Visitor = "Check the user name, or ask for an account.",
        Developer = "Check the user name that the program sends.",
        Owner = "Add the account, or tell the caller the right name: `htpasswd FILE NAME`, `gatehouse user add NAME`.",
        Specification = "RFC 9110 section 15.5.2; Apache httpd log message AH01618",
    };

    /// <summary>Wrong password.</summary>
    public static readonly Cause PasswordWrong = new()
    {
        Id = "password.wrong",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Wrong password",
        Meaning = "The account exists and the password is not its own. The public is never told; the operator is.",
        Confirm = "Verify the password against the stored hash: `htpasswd -v FILE NAME`.",
        Visitor = "Type the password once more, or have it reset.",
        Developer = "Check where the program's password comes from; it may have been changed since.",
        Owner = "Set a new password if its owner has lost it; look for guessing if failures are many.",
        Specification = "RFC 9110 section 15.5.2; Apache httpd log message AH01617",
    };

    /// <summary>Password past its expiry.</summary>
    public static readonly Cause PasswordExpired = new()
    {
        Id = "password.expired",
        Status = 401,
        SeenFrom = Vantage.Guard,
        Title = "Password past its expiry",
        Meaning = "The password was the right one and is too old: it must be changed before it opens anything.",
        Confirm = "Sign in on the page for changing the password: it accepts the old one.",
        Visitor = "Change your password, then sign in.",
        Developer = "Renew the password of the program's account, or give the program a key that does not expire by surprise.",
        Owner = "Tell people before the day comes, and give programs keys instead of passwords.",
        Specification = "RFC 9110 section 15.5.2; NIST SP 800-63B section 3.1.1",
    };

    /// <summary>The password file does not exist.</summary>
    public static readonly Cause PasswordFileMissing = new()
    {
        Id = "password-file.missing",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files,
        Title = "The password file does not exist",
        Meaning = "The configuration names a password or group file that is not there, so that nobody can sign in.",
        Confirm = "Run `ls -l` on the path that the configuration names; a relative one counts from ServerRoot in Apache httpd and from the configuration's folder in nginx.",
        Visitor = "Tell whoever runs the site: nobody can sign in at present.",
        Developer = "Nothing can be done from outside.",
        Owner = "Create the file (`htpasswd -c FILE NAME`) or correct AuthUserFile, AuthGroupFile or auth_basic_user_file to the path where it lies.",
        Specification = "Apache httpd mod_authn_file, AuthUserFile; nginx ngx_http_auth_basic_module, auth_basic_user_file",
    };

    /// <summary>The password file can't be read.</summary>
    public static readonly Cause PasswordFileUnreadable = new()
    {
        Id = "password-file.unreadable",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files,
        Title = "The password file can't be read",
        Meaning = "The password or group file exists, and the server's own user may not read it, so that nobody can sign in.",
        Confirm = "Read it as that user: `sudo -u www-data head -c1 FILE`; `namei -l FILE` shows which element refuses.",
        Visitor = "Tell whoever runs the site: nobody can sign in at present.",
        Developer = "Nothing can be done from outside.",
        Owner = "Let the server's group read it and nobody else: `chgrp www-data FILE; chmod 640 FILE`.",
        Specification = "Apache httpd mod_authn_file; nginx ngx_http_auth_basic_module; path_resolution(7)",
    };

    /// <summary>A hash that can't be verified.</summary>
    public static readonly Cause PasswordFileBadHash = new()
    {
        Id = "password-file.bad-hash",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files | Vantage.Guard,
        Title = "A hash that can't be verified",
        Meaning = "The account's entry holds a hash that is malformed, or of a kind that this server can't compute, so that no password can be right.",
        Confirm = "Look at the entry behind the colon: `$apr1$`, `$2y$`, `$5$`, `$6$`, `{SHA}` are kinds; nginx and httpd hand most of them to the system's crypt(3).",
        Visitor = "Ask for a new password to be set.",
        Developer = "Nothing can be done from outside.",
        Owner = "Set the password anew with `htpasswd -B FILE NAME` (or -m where bcrypt is not known).",
        Specification = "Apache httpd password formats; nginx auth_basic_user_file; crypt(5)",
    };

    /// <summary>Locked for a while.</summary>
    public static readonly Cause AccountLocked = new()
    {
        Id = "account.locked",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Locked for a while",
        Meaning = "After too many failures the account, or the address, is locked for some time. The right password does not help before that time is over.",
        Confirm = "Look the account up: `gatehouse user show NAME`, or the log of the server, for the end of the lock.",
        Visitor = "Wait some minutes before you try again; then use the right password or have it reset.",
        Developer = "Stop the program that goes on trying an old password: it renews the lock.",
        Owner = "Find the source of the failures; unlock with `gatehouse user unlock NAME` once it is stopped.",
        Specification = "OWASP ASVS 5.0 section 6.3; NIST SP 800-63B section 3.2.2",
    };

    /// <summary>Account switched off.</summary>
    public static readonly Cause AccountDisabled = new()
    {
        Id = "account.disabled",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Account switched off",
        Meaning = "The account exists and was switched off by somebody.",
        Confirm = "Look the account up: `gatehouse user show NAME`, or the directory that it comes from.",
        Visitor = "Ask whoever runs the site to switch your account on again.",
        Developer = "Use an account that is in service.",
        Owner = "Switch it on again if that is right: `gatehouse user enable NAME`.",
        Specification = "RFC 9110 section 15.5.2",
    };

    /// <summary>Digest nonce too old.</summary>
    public static readonly Cause DigestStaleNonce = new()
    {
        Id = "digest.stale-nonce",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Digest nonce too old",
        Meaning = "The Digest credentials were made over a nonce that the server no longer takes; name and password were not judged. A client repeats with the new nonce, unasked.",
        Confirm = "Look at the answer's WWW-Authenticate: it says stale=true and brings a new nonce.",
        Visitor = "Load the page again.",
        Developer = "Take the nonce of the newest challenge and count nc up from 00000001 with it.",
        Owner = "Lengthen the nonce's lifetime (AuthDigestNonceLifetime) if it runs out between requests; several servers must share the key that nonces are made with.",
        Specification = "RFC 7616 sections 3.3 and 3.4",
    };

    /// <summary>Digest over something else.</summary>
    public static readonly Cause DigestMismatch = new()
    {
        Id = "digest.mismatch",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Digest over something else",
        Meaning = "The Digest response was computed over another URI, realm, method, algorithm or password than the server's.",
        Confirm = "Compare uri= with the request's target, realm= and algorithm= with the challenge, and compute the response anew from its parts.",
        Visitor = "Type name and password once more.",
        Developer = "Use exactly the request's target, query included, as uri, and realm, algorithm and qop of the challenge.",
        Owner = "Look for a proxy that rewrites the path, and that the password file was made for this realm: `htdigest FILE REALM NAME`.",
        Specification = "RFC 7616 sections 3.4.1 to 3.4.6",
    };

    /// <summary>No client certificate.</summary>
    public static readonly Cause CertificateMissing = new()
    {
        Id = "certificate.missing",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "No client certificate",
        Meaning = "The server wants a TLS client certificate and the client showed none. Servers answer it with 400, 401, 403 or 496, or end the handshake.",
        Confirm = "Connect with `openssl s_client -connect HOST:443`: it lists the acceptable certificate authorities; then give -cert and -key.",
        Visitor = "Install the certificate that you were given in your browser, and choose it when asked.",
        Developer = "Give the client its certificate and key (`curl --cert FILE --key FILE`) and see that nothing in between ends TLS.",
        Owner = "Ask for the certificate only where it is needed, and say where callers get one.",
        Specification = "RFC 8446 section 4.4.2; nginx ssl_verify_client; Apache httpd SSLVerifyClient",
    };

    /// <summary>Certificate of an issuer that is not accepted.</summary>
    public static readonly Cause CertificateUntrusted = new()
    {
        Id = "certificate.untrusted",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Certificate of an issuer that is not accepted",
        Meaning = "A client certificate came, and the server does not accept who issued it. Servers answer with 400, 401, 403 or 495, or end the handshake.",
        Confirm = "Run `openssl verify -CAfile CA.pem CERT.pem` with the authorities that the server trusts.",
        Visitor = "Choose another certificate when the browser asks.",
        Developer = "Send the certificate that was issued for this server, with its intermediate certificates.",
        Owner = "Add the issuer to the trusted authorities (ssl_client_certificate, SSLCACertificateFile), if it may vouch for callers; raise the verification depth for intermediate ones.",
        Specification = "RFC 5280 section 6; nginx ssl_client_certificate; Apache httpd SSLCACertificateFile",
    };

    /// <summary>Certificate outside its validity.</summary>
    public static readonly Cause CertificateExpired = new()
    {
        Id = "certificate.expired",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Certificate outside its validity",
        Meaning = "The client certificate is past its end or before its beginning.",
        Confirm = "Run `openssl x509 -noout -dates -in CERT.pem` and compare with the clock of the server.",
        Visitor = "Ask for a new certificate.",
        Developer = "Renew the client's certificate before it ends, and restart what still holds the old one.",
        Owner = "Issue a new certificate; compare the clocks if the dates look right.",
        Specification = "RFC 5280 section 4.1.2.5",
    };

    /// <summary>Certificate revoked.</summary>
    public static readonly Cause CertificateRevoked = new()
    {
        Id = "certificate.revoked",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Certificate revoked",
        Meaning = "The client certificate was withdrawn by its issuer (CRL or OCSP).",
        Confirm = "Look its serial number up in the issuer's revocation list: `openssl crl -noout -text -in CRL.pem`.",
        Visitor = "Ask for a new certificate.",
        Developer = "Use a certificate that is in force.",
        Owner = "Issue a new one if the holder may still come; renew the revocation list itself if it has run out.",
        Specification = "RFC 5280 section 5; RFC 6960",
    };
}
