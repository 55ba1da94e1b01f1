using Gatehouse.Guard.Accounts;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Guard.Tests.Accounts;

public sealed class StateDatabaseTests
{
    [Fact]
    public void A_new_file_is_readable_by_its_owner_alone()
    {
        using var lab = new Lab();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(lab.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(lab.Path + "-wal"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_one_clear_sentence()
    {
        using var folder = new Folder();
        var path = folder.Write("gatehouse.db", "this is a text of more than a hundred characters, so that it is long enough to be mistaken for the head of a database file");
        var broken = Assert.Throws<StateUnavailableException>(() => StateDatabase.Open(path, TimeProvider.System));
        Assert.StartsWith($"`{path}` is not a SQLite database", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_one_clear_sentence()
    {
        var broken = Assert.Throws<StateUnavailableException>(() => StateDatabase.Open("/nonexistent/gatehouse.db", TimeProvider.System));
        Assert.Contains("can't be opened: see that its folder exists", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_another_program_or_of_a_later_version_is_left_alone()
    {
        using var folder = new Folder();
        Make(folder.File("other.db"), "CREATE TABLE t (a)");
        Assert.Contains("another program", Assert.Throws<StateUnavailableException>(() => StateDatabase.Open(folder.File("other.db"), TimeProvider.System)).Message, StringComparison.Ordinal);
        Make(folder.File("later.db"), "PRAGMA user_version = 99");
        Assert.Contains("later version", Assert.Throws<StateUnavailableException>(() => StateDatabase.Open(folder.File("later.db"), TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_that_open_a_new_file_at_once_make_its_tables_once()
    {
        using var folder = new Folder();
        Parallel.For(0, 8, _ => StateDatabase.Open(folder.File("gatehouse.db"), TimeProvider.System).Dispose());
        using var state = StateDatabase.Open(folder.File("gatehouse.db"), TimeProvider.System);
        Assert.Equal(1, state.Revisions.Accounts);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_noticed_and_never_served_from_memory()
    {
        using var lab = new Lab();
        await lab.AddAsync("alice");
        var cookie = lab.Sessions.Begin("localhost", (await lab.Accounts.FindAsync("alice", default))!, "192.0.2.1", "", out var text);
        Assert.NotNull(cookie);
        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", $"gatehouse={text}"));
        File.Move(lab.Path, lab.Path + ".away");
        lab.Time.Advance(Revisions.Lag);
        Assert.Contains("is gone", Assert.IsType<Guard.Authentication.Outcome.Broken>(await lab.AskAsync(lab.Cookie, "Cookie", $"gatehouse={text}")).Reason, StringComparison.Ordinal);
        File.Move(lab.Path + ".away", lab.Path);
        lab.Time.Advance(Revisions.Lag);
        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", $"gatehouse={text}"));
    }

    private static void Make(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
