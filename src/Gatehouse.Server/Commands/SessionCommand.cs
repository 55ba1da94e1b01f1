using System.CommandLine;
using Gatehouse.Guard.Sessions;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse session ...`: who is signed in, and ending it.</summary>
internal static class SessionCommand
{
    /// <summary>Shorter beginnings of an id would name the wrong one by a slip.</summary>
    private const int ShortestId = 4;

    public static Command Create()
    {
        var (config, json) = Desk.Options();
        return new Command("session", "List and end sessions") { config, json, List(config, json), End(config, json) };
    }

    private static Command List(Option<string> config, Option<bool> json)
    {
        var user = new Option<string?>("--user") { Description = "Of this account alone", HelpName = "NAME" };
        var command = new Command("list", "The sessions that live, newest first") { user };
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: false, desk =>
        {
            var sessions = desk.Stores.Sessions.List(parsed.GetValue(user));
            return Task.FromResult(desk.Tell(
                sessions.Count == 0 ? "nobody is signed in" : Desk.Table(["id", "user", "host", "signed in", "last seen", "address", "with"], sessions.Select(session => new[] { session.Id.ShortName, session.User, session.Host, Desk.Text(session.Created), Desk.Text(session.Seen), session.Address, session.Agent })),
                "gatehouse.sessions/1",
                writer =>
                {
                    writer.WriteStartArray("sessions");
                    foreach (var session in sessions)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("id", session.Id.ShortName);
                        writer.WriteString("user", session.User);
                        writer.WriteString("host", session.Host);
                        writer.WriteString("created", session.Created);
                        writer.WriteString("seen", session.Seen);
                        writer.WriteString("address", session.Address);
                        writer.WriteString("agent", session.Agent);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                }));
        }));
        return command;
    }

    private static Command End(Option<string> config, Option<bool> json)
    {
        var id = new Argument<string?>("ID") { Description = "As `session list` shows it; its beginning is enough", Arity = ArgumentArity.ZeroOrOne };
        var user = new Option<string?>("--user") { Description = "All of this account", HelpName = "NAME" };
        var command = new Command("end", "End a session, or all of an account") { id, user };
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: true, desk => Task.FromResult((parsed.GetValue(id), parsed.GetValue(user)) switch
        {
            ({ Length: >= ShortestId } one, null) => desk.Stores.Sessions.End(one.ToLowerInvariant(), SessionEnd.Administrator) switch
            {
                0 => Desk.Refuse($"there is no session `{one}`: see `gatehouse session list`"),
                1 => Ended(desk, 1),
                var several => Desk.Refuse($"{several} sessions begin with `{one}`: give more of the id"),
            },
            ({ } one, null) => Desk.Misuse($"`{one}` is too short for an id: give at least {ShortestId} characters of it"),
            (null, { } name) => Ended(desk, desk.Stores.Sessions.EndAll(name, SessionEnd.Administrator)),
            _ => Desk.Misuse("name one session by its id, or all of an account by --user NAME"),
        })));
        return command;
    }

    private static int Ended(Desk desk, int count) => desk.Tell(count == 1 ? "1 session ended" : $"{count} sessions ended", "gatehouse.session/1", writer => writer.WriteNumber("ended", count));
}
