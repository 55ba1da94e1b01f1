using Gatehouse.Doctor.Fingerprints;

namespace Gatehouse.Doctor.Rules;

/// <summary>Sentences of a server error about what the server itself may not do: open a file, sign in to a database or a mail server, call another interface. They say nothing of the caller.</summary>
internal static class OwnAccess
{
    // By the words of the runtimes and drivers: errno names, java.nio, .NET's "to the path", SQL, MongoDB, Redis, SMTP, LDAP, AWS principals, HTTP clients.
    private static readonly WordPattern Words = new("eacces|eperm|errno|erofs|os_error|nio|filenotfound*|file_not_found|failed_to_open|failed_opening|to_the_path|denied_open|unlink|mkdir|scandir|er_access_denied|er_dbaccess|sqlstate|using_password|password_authentication_failed|for_table|for_relation|for_schema|for_database|for_sequence|for_function|for_view|mongo*|noauth|wrongpass|redis*|smtp*|eauth|imap|ldap|arn|axios*|status_code|client_error|for_url|psycopg*|postgres*|mysql*|pg_hba");

    /// <summary>Whether a sentence speaks of that.</summary>
    internal static bool IsIn(Wording sentence) => Words.IsIn(sentence);
}
