using Gatehouse.Causes;
using static Gatehouse.Doctor.Fingerprints.Words;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>
/// Every wording, family by family, special before general. Sources: the error texts of the projects named in the rows' comments, and RFC 6750, 8705, 9449, 9470.
/// A row speaks of words, not of products: what a product alone writes stands in <see cref="AllFingerprints"/>.
/// </summary>
internal static class Sayings
{
    private static readonly Saying[] Certificates =
    [
        Say(Causes.Credentials.CertificateRevoked, 0.88, "certificate|cert revoked"),
        Say(Causes.Credentials.CertificateExpired, 0.86, "certificate|cert expired|not_yet_valid|validity -server"),
        Say(Causes.Credentials.CertificateMissing, 0.88, "certificate|cert client|ssl|tls|mutual|x509 required|needed|missing|no|must|not_provided|not_presented|not_sent|without|present -invalid|untrusted|not_trusted|verify|verification"),
        Say(Causes.Credentials.CertificateUntrusted, 0.82, "certificate|cert untrusted|not_trusted|isnt_trusted|unknown_ca|self_signed|verify|verification|invalid|chain|issuer|rejected|not_accepted|wrong|not_recogni*|unauthorized -server|authority"),
    ];

    // What is called a role or a scope is one, whatever its name says: `billing-admin`, `session:write`.
    private static readonly Saying[] Named =
    [
        Say(Causes.Permissions.ScopeMissing, 0.86, "consent|consented not|require*|need*|missing|lack* -cookie|cookies|gdpr|expired|revoked"),
        Say(Causes.Permissions.ScopeMissing, 0.88, "scope|scopes|scp neither|outside|beyond|exceed* -cluster|namespace|variable"),
        Say(Causes.Permissions.ScopeMissing, 0.92, "scope|scopes missing|lack*|require*|insufficient|needs|needed|must -cluster|namespace|out_of|variable|expired|csrf"),
        Say(Causes.Permissions.RoleMissing, 0.88, "role|roles missing|lack*|require*|insufficient|needs|needed|must -expired|assume|contact|csrf|arn"),
    ];

    private static readonly Saying[] Forgery =
    [
        Say(Causes.Permissions.CsrfRejected, 0.88, "csrf|xsrf|forgery|antiforgery|no_valid_crumb|csrftoken|xsrftoken|csrfmiddlewaretoken|authenticity_token -passed|disabled") with { IsUnmistakable = true },
        Say(Causes.Permissions.CsrfRejected, 0.85, "cookie_check_failed|cookie_invalid_nonce|cookie_nonce"),
        Say(Causes.Permissions.CsrfRejected, 0.72, "nonce invalid|expired|failed|missing|verification -digest|jwt|dpop|replay|stale|token|authentication", Sent.Cookie | Sent.Nothing),
        Say(Causes.Permissions.CsrfRejected, 0.72, "form|page|security_token expired|invalid_token|stale|missing_token|resubmit -session|password|subscription|link"),
    ];

    private static readonly Saying[] Signatures =
    [
        Say(Causes.Tokens.SignatureClockSkew, 0.9, "skewed|skew|clock|clocks|time_difference|recv_window|recvwindow|too_far|outside_of_the|out_of_bounds|out_of_range|too_large|ahead_of_the_server|request_time|time_too request|time|timestamp|server|date|clock|exceed* -token|jwt", Sent.Signature | Sent.Key | Sent.Token) with { IsUnmistakable = true },
        Say(Causes.Tokens.SignatureExpired, 0.88, "expired|expiry|no_longer_valid|too_old|expire request|url|link|signature|signed|policy|access|timestamp|download|date|file|token|sas|uri|it -access_token|bearer|jwt|id_token|refresh_token|session|authorization|link_account", Sent.Signature) with { IsUnmistakable = true },
        Say(Causes.Tokens.SignatureExpired, 0.7, "link|url|signed_url|download expired|expiry|no_longer_valid -session|token|password|page"),
        Say(Causes.Tokens.SignatureMismatch, 0.88, $"signature|sig|hmac|mac|signed_url|authenticity|hash {Invalid}|verify|verification|not_match|differs|tampered|could_not|altered -expired|jwt|certificate|key_id", Sent.Signature) with { IsUnmistakable = true },
        Say(Causes.Tokens.SignatureMismatch, 0.75, "signature request|webhook|payload|hmac|url|calculated invalid|incorrect|wrong|mismatch*|not_match|doesnt_match|does_not_match|failed|missing -jwt|token|expired|key_id", Sent.Nothing | Sent.Key | Sent.Cookie),
    ];

    private static readonly Saying[] StepUp =
    [
        Say(Causes.Tokens.AuthenticationTooWeak, 0.86, "two_factor|2fa|mfa|multi_factor|multifactor|second_factor|otp|one_time|totp|step_up|stepup|stronger|acr|authentication_level|assurance require*|needed|need*|must|missing|verify|enroll*|enable|setup|set_up|insufficient|different|code|challenge|complete|low -invalid|incorrect"),
        Say(Causes.Tokens.AuthenticationTooOld, 0.84, "recent|recently|fresh|sudo|too_old|reauthenticat*|re_authenticat*|reauthentication|max_age authenticat*|login|log|signed|sign|password|reauthenticat*|session require*|need*|must|too|not|old|confirm -expired|key|timestamp|token_is"),
    ];

    private static readonly Saying[] Accounts =
    [
        Say(Causes.Permissions.UserNotListed, 0.86, "not_assigned|not_been_assigned|unless_they|specifically_granted|access_directly_assigned|not_a_direct_member user|users|application|app|account|access -key|token|role|license", Sent.Something),
        Say(Causes.Credentials.AccountLocked, 0.88, "account|user|login|username|profile locked|lockout|locked_out|temporarily_locked -file|record|resource|locked_by|payload"),
        Say(Causes.Credentials.AccountLocked, 0.8, "too_many failed|failures|unsuccessful|wrong|invalid|incorrect attempts|attempt|logins|login|tries|sign|password|authentication -ip|address|banned|requests"),
        Say(Causes.Credentials.AccountDisabled, 0.86, "account|user|profile|organization|organisation|tenant|merchant|customer|member disabled|suspended|suspension|deactivated|inactive|not_active|closed|terminated|blocked|banned|frozen|archived|deleted|not_activated|not_enabled|isnt_active|is_not_enabled|expired -ip|address|agent|key|token|session|useragent|password|subscription|country|credentials|plan|membership"),
        Say(Causes.Permissions.ClaimMissing, 0.7, "email|e_mail|phone|account|identity not_verified|unverified|isnt_verified|have_to_confirm|must_confirm|confirm_your|not_confirmed|unconfirmed|must_be_verified|not_been_verified|verification_required -token|code|agent|human|browser|robot|password"),
        Say(Causes.Credentials.PasswordExpired, 0.87, "password|passwd|credentials expired|has_expired -token|session|key|link|security|or_expired|invalid_or|subscription"),
        Say(Causes.Credentials.PasswordExpired, 0.84, "password|passwd must|has_to|needs|required|forced|change_required|need chang*|reset|renew* -forgot|forgotten|token|link"),
    ];

    private static readonly Saying[] Keys =
    [
        Say(Causes.Network.ReferrerBlocked, 0.9, "api_key|apikey|key referrer|referer"),
        Say(Causes.Network.IpNotAllowed, 0.88, $"api_key|apikey|key ip|ips blocked|not|restriction|restrictions|{Denied}"),
        Say(Causes.Permissions.PermissionDenied, 0.85, "api_key|apikey service|android|ios|method|project|endpoint|product blocked|not_allowed|not_authorized|restricted|not_enabled"),
        Say(Causes.Tokens.ApiKeyExpired, 0.88, $"{Key} expired|revoked|disabled|deactivated|inactive|suspended|deleted|withdrawn|no_longer|not_active"),
        Say(Causes.Tokens.ApiKeyExpired, 0.85, "key|keys has_expired|is_expired|are_expired|was_revoked|been_revoked|is_revoked|is_inactive|is_disabled|expired_please -signing|public|private|certificate|token|session|kid|jwks|password|link", Sent.Key | Sent.Token | Sent.Password),
        Say(Causes.Credentials.Missing, 0.88, $"{Key} missing|required|no|not_provided|must|without|absent|send|supply|needed|not_supplied|not_present|none|empty|provide|include|failed_to_resolve|not_specified -invalid|wrong|unknown|incorrect|valid|not_valid"),
        Say(Causes.Tokens.ApiKeyUnknown, 0.88, $"{Key} {Invalid}|rejected|does_not|denied|forbidden|disallowed -signature|permission|permissions"),
        Say(Causes.Credentials.Missing, 0.84, $"{Key} valid required|must|provide|need*|missing|no|supply|send", Sent.Nothing),
        Say(Causes.Tokens.ApiKeyUnknown, 0.8, $"{Key} valid required|must|provide|need*|no|not|isnt", Sent.Key),
    ];

    private static readonly Saying[] TokensSaid =
    [
        Say(Causes.Tokens.WrongSender, 0.9, "dpop|proof_of_possession|possession|cnf|sender_constrained|holder_of_key|certificate_bound|mtls_bound|pop_token", Sent.Token),
        Say(Causes.Tokens.Revoked, 0.9, "token|jwt|bearer|grant|authorization|consent revoked|revocation|blacklisted|blocklisted|denylisted|invalidated|introspection|withdrawn|logged_out", Sent.Token),
        Say(Causes.Tokens.NotYetValid, 0.9, "jwt not_active", Sent.Token),
        Say(Causes.Tokens.WrongType, 0.86, "id_token*|refresh_token*|identity_token*|idtoken|refreshtoken instead|not_accepted|cannot_be_used|cant_be_used|wrong_type|not_an_access|expected|not_allowed|wrong|cannot", Sent.Token),
        Say(Causes.Tokens.WrongType, 0.82, "token_type|typ|token_use|type|kind token|jwt|header|typ|claim|access invalid|wrong|unexpected|unsupported|mismatch*|not_allowed|expected|incorrect|not_supported|not_accepted -any_token_type|content|media|grant", Sent.Token),
        Say(Causes.Tokens.Expired, 0.85, "access_token|token session expired -csrf|invalid_or|or_invalid|or_expired", Sent.Token),
        Say(Causes.Tokens.Expired, 0.92, "token|jwt|bearer|authorization|login|signature|access|jws|exp|assertion expir*|exp|too_old -invalid_or|or_invalid|expired_or|or_expired|may|might|session|password|link|url|key|subscription|certificate|never|expires|expiration_missing|no_expiration", Sent.Token),
        Say(Causes.Tokens.Revoked, 0.72, "token|bearer not_active|inactive|isnt_active|no_longer_active", Sent.Token),
        // GitHub: the exp of the assertion "must be ... the future time".
        Say(Causes.Tokens.Expired, 0.85, "exp|expiration future", Sent.Token),
        Say(Causes.Tokens.NotYetValid, 0.9, "nbf|iat|not_yet|not_before|used_before|before|future|issued_at|too_early token|valid|issued|claim|nbf|iat|jwt|used|future -expired|expiration|introspection|certificate", Sent.Token),
        Say(Causes.Tokens.AlgorithmRefused, 0.9, "alg|algorithm|algorithms|signing_method invalid|unsupported|unexpected|disallowed|wrong|mismatch*|not_allowed|not_supported|isnt_supported|not_accepted|isnt_allowed|incorrect|refused|unknown|none|expected|not_permitted", Sent.Token),
        Say(Causes.Tokens.WrongIssuer, 0.92, $"issuer|iss {Invalid}|untrusted|not_trusted|unexpected|doesnt_match|does_not_match|not_configured|not_allowed|expected|unrecogni*|disallowed|not_accepted|isnt_trusted -certificate|cert|ca", Sent.Token),
        Say(Causes.Tokens.WrongAudience, 0.92, $"aud|audience|audiences {Invalid}|unexpected|doesnt_match|does_not_match|not_allowed|expected|not_accepted|disallowed|not_in|missing|rejected|refused|does_not_contain|doesnt_contain|not_include|intended|not_for|none", Sent.Token),
        Say(Causes.Tokens.UnknownKey, 0.88, "key|kid|jwk|jwks|keys not_found|unknown|unable|no|could_not|not_find|cannot|no_matching|not_match|doesnt_match|doesnt_have|missing|fetch|failed|match|no_applicable -api|apikey|access_key|subscription|license|keycloak|secret_key", Sent.Token),
        Say(Causes.Tokens.BadSignature, 0.9, $"signature|sig|signatures {Invalid}|verification|verify|doesnt_match|does_not_match|could_not|cannot|tampered -expired|key", Sent.Token),
        Say(Causes.Tokens.Malformed, 0.9, "not_enough_segments|wrong_number_of_segments|invalid_header_padding|invalid_header_string|invalid_payload_string|invalid_payload_padding|invalid_crypto_padding|compact_serialization|invalid_compact_jws", Sent.Token),
        Say(Causes.Tokens.Malformed, 0.88, "token|jwt|bearer malformed|parse|parsing|decode|decoding|segment|segments|base64|base64url|three|3|structure|unparseable|deserializ*|padding|corrupt*|dots|not_well_formed|compact|syntax|not_a_jwt -expired|signature", Sent.Token),
        Say(Causes.Credentials.Malformed, 0.88, "format|malformed|scheme|bad_format|bad_scheme|badly authorization|authorisation|auth|credentials|header|bearer -csrf|host|content|origin", Sent.Any),
        Say(Causes.Credentials.Malformed, 0.85, "authorization|authorisation|auth_header header invalid|malformed|bad|wrong|badly|cannot_parse|unparseable|incorrect|parse -missing", Sent.Any),
        Say(Causes.Tokens.BadSignature, 0.78, "verification|verify|verified jwt|token fails|failed|failure|not|error|could_not|unable -email|factor", Sent.Token),
    ];

    private static readonly Saying[] SessionsSaid =
    [
        Say(Causes.Sessions.Revoked, 0.87, "session|sessions|signed_out|logged_out|logout terminated|revoked|killed|invalidated|kicked|another_device|another_location|another_browser|elsewhere|administrator|admin|replaced|concurrent|closed_by|ended_by|new_login|other_device -expired|timed|timeout|inactivity|idle|contact"),
        Say(Causes.Sessions.Expired, 0.88, "session|login|sign_in|signin|cookie|ticket|logged_out|signed_out|sitzung|authentication expir*|not_active|no_longer_active|timed_out|timeout|time_out|ended|over|no_longer_valid|inactivity|idle|stale|lapsed|abgelaufen -password|link|subscription|invalid_or|key|seconds|expires|overview|token"),
        Say(Causes.Sessions.Unknown, 0.86, $"session|sessionid|sid|session_id|session_cookie|cookie {Invalid}|no_such|lost|corrupt*|not_recogni*|forged|tampered|could_not|decrypt|undecipherable|unprotect -csrf|missing", Sent.Cookie),
        Say(Causes.Sessions.Missing, 0.82, $"session|sessions|session_cookie|sessionid|login_cookie missing|no|required|require*|need*|without|not_provided|must|absent|no_active|not_found|{Invalid}", Sent.Nothing),
        Say(Causes.Sessions.Unknown, 0.72, "session|sessions no|no_active|not_found|missing|require*|without", Sent.Cookie),
    ];

    private static readonly Saying[] Addresses =
    [
        Say(Causes.Network.IpBanned, 0.87, "ip|ips|address|network|you|visitor|host|client|connection|access banned|ban|temporarily_blocked|reputation|abuse|abusive|crowdsec|fail2ban|repeated|bad_behavior|bad_behaviour|spam|malicious_activity|suspicious_activity|too_many_failed -account|detection_mechanism|browser|agent|hotlink*|url_is|category|site_is|website_is|page_is|content_is"),
        Say(Causes.Network.CountryBlocked, 0.87, "country|countries|region|regions|geo|geographic*|location|territory|territories|jurisdiction|geoblock*|geolocation|geoip|geofence*|land blocked|not_available|unavailable|isnt_available|restrict*|not_allowed|denied|forbidden|not_permitted|not_supported|not_served|prohibited|cannot|banned|embargo*|sanction*|not_offered|licen*|disallowed|not_authorized|gesperrt|from_your -expecting|endpoint|bucket|aws|header|memory") with { IsUnmistakable = true },
        Say(Causes.Network.HostUnknown, 0.88, "untrusted_domain|untrusted_host|blocked_hosts|untrusted_hostname"),
        Say(Causes.Network.HostUnknown, 0.86, "host|hosts|hostname|domain|virtual_host|vhost|http_host|server_name|sni|misdirected blocked|unknown|not_allowed|isnt_allowed|invalid|disallowed|not_configured|unrecogni*|not_recogni*|not_served|misdirected|mismatch*|rejected|no_such|not_match|incorrect|untrusted|not_trusted|not_permitted|not_allowed_hosts|allowed_hosts|not_serve -ip|email|user|country|remote|cookie|access|key|your_domain|referer|origin|rate|blocked_by"),
        Say(Causes.Network.IpNotAllowed, 0.86, "ip|ips|address|addresses|network|subnet|cidr|networks not_allowed|not_permitted|isnt_allowed|allowlist*|whitelist*|allow_list|allow_listed|white_list|not_authorized|isnt_permitted|outside|only|vpn|internal|intranet|corporate|trusted|not_in|isnt_in|not_on|not_listed|untrusted|restriction|restrictions|restricted_to|limited_to|mismatch -email|mac|e_mail|blacklist*|authenticated"),
        Say(Causes.Network.IpNotAllowed, 0.78, "vpn|intranet|corporate_network|company_network|internal_network|office_network|local_network only|must|connect|connected|from|inside|within|require*|accessible|available"),
        Say(Causes.Network.IpBlocked, 0.84, $"tor|proxies|open_proxy|anonymous_proxy|public_proxy|using_a_proxy|behind_a_proxy|through_a_proxy|via_a_proxy|via_proxy|proxy_detected|proxy_connections|proxy_traffic|vpns|vpn_or_proxy|anonymizer*|exit_nodes|datacenter|data_center|hosting_provider* {Denied}|detected|not_supported -connect|corporate|company|internal|office|must|authentication|reverse|outside|bot"),
        Say(Causes.Network.IpNotAllowed, 0.86, "localhost|loopback only|via|must|restricted|from -database|connect|connection|econnrefused|host"),
        Say(Causes.Network.IpBlocked, 0.86, $"ip|ips|address|addresses|asn|isp|subnet|adresse|your_network|this_network {Denied}|gesperrt -email|mac|e_mail|agent|whitelist*"),
    ];

    private static readonly Saying[] Requests =
    [
        Say(Causes.Network.RateExceeded, 0.87, "rate|quota|quotas|throttl*|requests|request_limit|limit|limits|usage|calls|too_many|rate_limit*|slow_down|bandwidth|abuse_detection|ratelimit exceed*|limited|reached|too_many|throttl*|many|exhausted|over|slow|hit|triggered|detection|limitexceeded -failed|size|length|login|users|seats|subscription|plan|factor|account") with { IsUnmistakable = true },
        Say(Causes.Network.OriginRefused, 0.87, "origin|origins|cors|cross_origin|cross_site not_allowed|denied|forbidden|unauthorized|invalid|blocked|disallowed|rejected|mismatch*|not_permitted|refused|not_match|doesnt_match|not_in|isnt_allowed|missing|not_trusted|untrusted|restricted|request|requests|not_authorized|unknown|bad|policy -csrf|origin_server|country|web_server"),
        Say(Causes.Network.ReferrerBlocked, 0.86, "referer|referrer|referrers|hotlink*|hot_link*|leech*|deep_link* -csrf|policy"),
        Say(Causes.Network.BotChallenged, 0.85, "captcha|recaptcha|hcaptcha|turnstile|robot|human|automated|automation|bot|browser verify|check|checking|prove|solve|complete|detected|confirm|required|suspected|traffic|protection|are_you|challenge|suspect*|verification|detection -mfa|2fa|code|email|password|not_allowed|forbidden"),
        Say(Causes.Network.UserAgentBlocked, 0.85, $"user_agent|useragent|user_agents|browser|crawler|crawlers|bot|bots|scraper|scrapers|scraping|spider|spiders|robots|library|http_client {Denied}|unsupported|not_supported|required|missing|must|outdated|welcome|make_sure -captcha|certificate|verify|ip|address"),
        Say(Causes.Network.WafBlocked, 0.85, "firewall|waf|modsecurity|mod_security|intrusion|attack|malicious|injection|xss|exploit|security_rule|security_rules|security_policy|security_service|security_solution|naxsi|coraza|threat|security_reasons|harmful|suspicious|unsafe blocked|block|denied|rejected|detected|triggered|violat*|forbidden|refused|stopped|protect*|prevented|matched|intercepted|blocks|filtered|flagged|generated|request|content -row|row_level"),
        Say(Causes.Network.HttpsRequired, 0.87, "https|ssl|tls|secure_connection|encrypted|over_http|via_http|plain_http|unencrypted|insecure_connection|http_connections|insecure required|require*|only|must|use|needed|not_allowed|forbidden|not_permitted|not_accepted|not_supported|instead|disabled|insecure -certificate|cert|client|handshake|version|mutual|header|cookie"),
        Say(Causes.Network.MethodDenied, 0.84, "method|methods|verb|http_verb not_allowed|isnt_allowed|denied|forbidden|not_permitted|unsupported|not_supported|disallowed|disabled|blocked|restricted|not_implemented -authentication|signing|login|payment|auth|grant|api_key|user"),
        Say(Causes.Network.TimeOutsideWindow, 0.82, "hours|weekdays|time_window|schedule|night|time_of_day|opening_times|maintenance_window open|outside|only|closed|available|allowed|restricted|not_allowed|within|permitted|denied -retry|try|reset|24|limit|rate|locked|per|expired|ago|requests"),
        Say(Causes.Network.TimeOutsideWindow, 0.76, "between only|allowed|permitted|available|open|closed am|pm|utc|gmt|00|15|30|45|59|noon|midnight|hours|oclock|o_clock|6am|7am|8am|9am|10am|4pm|5pm|6pm|7pm|8pm|monday|friday -ip|value|values|characters|length|range|must_be_between|conflict|accounts"),
        Say(Causes.Network.HeaderRequired, 0.86, "header|headers required|missing|must|expected|not_present|invalid|need|needs|absent|not_found|not_set|wrong|mandatory|include|without|incorrect -authorization|csrf|authentication|bearer|token|jwt|origin|referer|host|agent|api_key|apikey|cookie|signature|www|padding|string|malformed"),
    ];

    private static readonly Saying[] Lacking =
    [
        Say(Causes.Permissions.SubscriptionRequired, 0.8, "license|licence|licenses|seat|seats assigned|no|not_assigned|allocated|unlicensed -key|driver*|plate|agreement|accept|scope|role|token", Sent.Something),
        Say(Causes.Permissions.ClaimMissing, 0.74, "years_old|years_of_age|minimum_age|age_restricted|age_verification"),
        Say(Causes.Permissions.PermissionDenied, 0.82, "permission|permissions|privilege|privileges|rights|policy insufficient|inadequate|not_granted|not_sufficient|insufficiently -scope|scopes|role|roles|token|privileges_to_read|row_level|ip", Sent.Something),
        Say(Causes.Permissions.PermissionDenied, 0.82, "operation|action|verb denied|is_denied|forbidden -ip|address|country|origin|method|token|signature", Sent.Something),
        Say(Causes.Credentials.Missing, 0.83, "authenticated_user|authenticated_users|logged_in_user|authenticated_request|authenticated_session require*|need*|must|only|no", Sent.Nothing),
        Say(Causes.Credentials.Missing, 0.8, "only authenticated|registered|logged|signed users|members|user|visitors|customers", Sent.Nothing),
        Say(Causes.Permissions.SubscriptionRequired, 0.85, "subscri*|premium|paid|paywall|plan|upgrade|membership|billing|trial|tier|license|licence|purchase|credits|payment|paying|pricing require*|need*|only|upgrade|expired|active|not_include|doesnt_include|exclusive|lapsed|ended|overdue|continue|must|unlock|not_available|isnt_available|inactive|canceled|cancelled|past_due|feature|insufficient|not_cover|to_read|subscribers|allow -role|roles|scope|group|key|keys|license_key|azure|resource_group|subscription_id|topic|queue|pubsub"),
        Say(Causes.Permissions.SubscriptionRequired, 0.8, "access_level|access_tier|service_tier|product_tier|tier different|need|needs|upgrade|higher|not_include|doesnt_include|require*|only", Sent.Something),
        Say(Causes.Permissions.ScopeMissing, 0.92, $"scope|scopes {Lack}|granted|expected|include|permitted -cluster|namespace|out_of|variable"),
        Say(Causes.Permissions.ScopeMissing, 0.86, "higher_privileges|insufficient_privileges|more_privileges access_token|token", Sent.Token),
        Say(Causes.Permissions.GroupMissing, 0.85, $"group|groups|team|teams|member|members|membership|department {Lack}|belong|not_a|isnt|arent|join|not_in -subscri*|premium|paid|plan|resource_group|api_group|contact"),
        Say(Causes.Permissions.RoleMissing, 0.86, $"role|roles|admin|administrator|administrators|admins|superuser|superusers|moderator|moderators|staff|sysadmin {Lack}|restricted|privileg*|reserved|limited|area|not_an|rights|access_only -contact|call|ask|webmaster|system_administrator|your_administrator|site_administrator|server_administrator|assume|notify|authentication"),
        Say(Causes.Permissions.ClaimMissing, 0.84, $"claim|claims|attribute|attributes|clearance|entitlement|entitlements {Lack}|not_met|not_satisfied|expected|invalid -aud|audience|iss|issuer|exp|nbf|iat"),
        Say(Causes.Permissions.UserNotListed, 0.8, "only users|people|accounts|persons|following|named|user may|can|allowed|permitted|invited|shared|access -authenticated|registered|logged|signed|paid|premium|admin|role|group|rate"),
        Say(Causes.Permissions.UserNotListed, 0.84, "not_shared|isnt_shared|not_invited|not_been_invited|on_the_list|on_the_guest|not_in_the_list|not_listed|not_whitelisted|not_allowlisted|not_in_allowed|not_in_whitelist|not_on_the_allow* you|user|account|email|with|your|list|users|it -ip|address|domain"),
        Say(Causes.Permissions.UserNotListed, 0.8, "user|account|you not_registered|isnt_registered|not_enrolled|not_provisioned|not_been_assigned|not_assigned|not_entitled|not_onboarded|is_not_a_member -device|phone|agent|key|token|client|email_address", Sent.Token | Sent.Cookie | Sent.Key | Sent.Certificate),
        Say(Causes.Permissions.PermissionDenied, 0.82, "owner|owners|belong*|own|owned|ownership|author|creator not|only|another|different|other|must|isnt|doesnt|someone -website|site_owner|webmaster|contact", Sent.Something),
    ];

    private static readonly Saying[] General =
    [
        Say(Causes.Credentials.Missing, 0.84, "token|jwt|bearer|authorization|authorisation|credentials|credential|auth|auth_header|access_token|authentication_token|identity|authentication_header missing|no|not_provided|not_supplied|not_found|not_present|not_sent|without|absent|empty|not_included|not_specified|none|must_be_provided -invalid|expired|valid|scope|role|permission*|csrf|session|longer"),
        Say(Causes.Credentials.Missing, 0.8, "not_logged|not_signed|not_authenticated|unauthenticated|isnt_authenticated|notauthenticated|arent_logged|arent_signed|isnt_logged|login_required|not_log|nicht_angemeldet|non_connect*|no_autenticado", Sent.Any) with { IsGeneral = true },
        Say(Causes.Credentials.Missing, 0.82, "anonymous access|caller|user|users|request|requests|denied|forbidden|system|cannot|does_not|not_allowed|disabled", Sent.Any) with { IsGeneral = true },
        Say(Causes.Credentials.Missing, 0.8, "authentication|login|logged_in|signed_in|log_in|sign_in|signin|logon|log_on|authenticate|authenticated|credentials|anmeld*|einloggen|authentifi*|autentic*|connecter require*|needed|need|must|please|have_to|necessary|erforderlich|bitte|necesari*|requis*|veuillez -factor|mfa|2fa|scope|invalid|retry|level|again|rate|limit|higher|failed|too_many", Sent.Any) with { IsGeneral = true },
        Say(Causes.Credentials.PasswordRejected, 0.82, $"password|username|user|credentials|login|email|authentication|auth|account|passwort|kennwort|benutzer* {Invalid}|denied|rejected|no_such|falsch -token|jwt|role|group|permission", Sent.Password) with { IsGeneral = true },
        Say(Causes.Tokens.Rejected, 0.68, $"token|jwt|bearer|credentials|authorization|authentication|auth {Invalid}|rejected|unable|could_not|error|denied|expired|unauthenticated", Sent.Token) with { IsGeneral = true },
        Say(Causes.Tokens.ApiKeyUnknown, 0.7, $"key|token|credentials|authentication {Invalid}|rejected|denied|expired", Sent.Key) with { IsGeneral = true },
        Say(Causes.Permissions.PermissionDenied, 0.68, "permission|permissions|privilege|privileges|rights|authorized|authorised|entitled|policy|rbac|acl|iam|enough_privileges|enough_permissions|enough_rights|autorizado|berechtigung|berechtigungen|rechte|autoris* not|denied|insufficient|lack*|missing|dont_have|no|require*|need*|forbidden|without|doesnt_have|does_not_have|not_enough|fehlende|fehlt|keine|nicht|pas|unzureichend* -ip|address|cookie|cookies", Sent.Something) with { IsGeneral = true },
        Say(Causes.Permissions.PermissionDenied, 0.75, "row_level|row_security security|policy|violates", Sent.Something | Sent.Nothing),
        Say(Causes.Permissions.PermissionDenied, 0.66, "user|client|caller|consumer|principal|account|subject|project|team|service forbidden|disallowed|not_permitted|not_allowed|not_authorised|has_no_access|no_access|lacks_access|doesnt_have_access|does_not_have_access|denied_access -ip|address|country|agent|host|origin|method|domain|locked|disabled", Sent.Something) with { IsGeneral = true },
        Say(Causes.Permissions.PermissionDenied, 0.66, "missing|insufficient|lack*|no|not_have|dont_have|without|outside|beyond access|access_rights -token|key|origin|allow|control|anonymous|ip|header|control_allow_origin", Sent.Something) with { IsGeneral = true },
        Say(Causes.Permissions.PermissionDenied, 0.64, "not_allowed|not_permitted|isnt_allowed|arent_allowed|cannot|may_not|not_able|disallowed|forbidden_to access|view|perform|do|edit|delete|update|read|write|create|list|get|use|call|invoke|execute|run|deploy|publish|push|pull|upload|download|manage|modify|consume|send|post|action|resource|page|operation|endpoint|api|this -ip|address|country|method|origin|parse|decode|verify|find|connect", Sent.Something) with { IsGeneral = true },
    ];

    /// <summary>In order.</summary>
    internal static IReadOnlyList<Saying> All { get; } =
    [
        .. Certificates, .. Named, .. Forgery, .. Signatures, .. StepUp, .. Accounts, .. Keys, .. TokensSaid, .. SessionsSaid, .. Addresses, .. Requests, .. Lacking, .. General,
    ];

    private static Saying Say(Cause cause, double confidence, string pattern, Sent when = Sent.Any) => new(cause, confidence, new WordPattern(pattern), when);
}
