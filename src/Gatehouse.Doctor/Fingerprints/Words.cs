namespace Gatehouse.Doctor.Fingerprints;

/// <summary>Groups of words that several patterns share.</summary>
internal static class Words
{
    /// <summary>Turned away.</summary>
    internal const string Denied = "denied|deny|denies|blocked|block|blocking|forbidden|refused|rejected|restricted|prohibited|banned|disallowed|not_allowed|not_permitted|isnt_allowed|arent_allowed|blacklist*|blocklist*|denylist*|not_accepted";

    /// <summary>Not as it should be.</summary>
    internal const string Invalid = "invalid|incorrect|wrong|bad|unknown|unrecogni*|not_valid|isnt_valid|arent_valid|not_found|doesnt_exist|does_not_exist|not_exist|not_recogni*|mismatch*|not_match|do_not_match|dont_match|failed|failure|fails|ungültig*|invalide*|incorrecto|inválid*";

    /// <summary>Something is wanted that is not there.</summary>
    internal const string Lack = "missing|lack*|require*|need*|must|without|insufficient|no|not|only|dont_have|doesnt|does_not|fehlt|fehlende*";

    /// <summary>API keys and what vendors call them.</summary>
    internal const string Key = "api_key|apikey|api_keys|apikeys|access_key|subscription_key|app_key|application_key|license_key|client_key|developer_key|consumer_key|api_token|client_secret|client_secrets|app_secret|secret_key|secret_keys|app_id_key";

    /// <summary>
    /// Sentences that servers and frameworks write under every refusal of that status: they say nothing about the cause. By their words.
    /// </summary>
    internal static readonly HashSet<string> SaysNothing = new(StringComparer.Ordinal)
    {
        "forbidden", "unauthorized", "unauthorised", "access denied", "access forbidden", "access is denied", "403 forbidden", "401 unauthorized", "403", "401", "403 error", "error", "error 403", "error 401", "error 403 forbidden",
        "http error 403", "http error 401", "http error 403 forbidden", "http error 401 unauthorized", "401 authorization required", "authorization required", "denied", "not allowed", "not authorized", "permission denied",
        "403 access denied", "403 access forbidden", "401 access denied", "http status 403 forbidden", "http status 401 unauthorized", "unauthorized access", "unauthorized error", "forbidden error",
        "you dont have permission to access this resource", "you do not have permission to access this resource", "you dont have permission to access this page", "you do not have permission to access this page", "you do not have permission to view this directory or page",
        "you dont have permission to access", "you dont have permission to access on this server", "you do not have permission to access this document", "access to this resource on the server is denied", "access to the requested resource has been denied", "access to this page has been denied",
        "this server could not verify that you are authorized to access the document requested", "either you supplied the wrong credentials e g bad password or your browser doesnt understand how to supply the credentials required",
        "the server understood the request but refuses to authorize it", "the server understood the request but is refusing to authorize it",
        "the request has not been applied because it lacks valid authentication credentials for the target resource", "the request has not been applied to the target resource because it lacks valid authentication credentials for that resource",
        "the request has not been applied because it lacks valid authentication credentials for the target resource unauthorized",
        "request forbidden by administrative rules", "you need a valid user and password to access this content", "you are not allowed to access this resource", "you are not authorized to access this resource", "you are not authorized to view this page", "you are not authorized to access this page",
        "the server could not verify that you are authorized to access the url requested", "you either supplied the wrong credentials e g a bad password or your browser doesnt understand how to supply the credentials required",
        "you dont have the permission to access the requested resource", "it is either read protected or not readable by the server", "you do not have permission to access the requested resource",
        "this request requires http authentication", "the request requires user authentication", "the requested url requires authentication", "you dont have the user rights to view this page",
    };
}
