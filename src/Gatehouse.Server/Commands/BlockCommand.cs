using System.CommandLine;
using System.Net;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse block ...`: addresses that are refused everywhere, while the Guard runs.</summary>
internal static class BlockCommand
{
    private const string Schema = "gatehouse.block/1";

    public static Command Create()
    {
        var (config, json) = Desk.Options();
        return new Command("block", "Administer the block list") { config, json, Add(config, json), Remove(config, json), List(config, json) };
    }

    private static Command Add(Option<string> config, Option<bool> json)
    {
        var network = new Argument<string>("NETWORK") { Description = "203.0.113.7, 203.0.113.0/24, 2001:db8::/32" };
        var length = new Option<string?>("--for") { Description = "How long (1h, 30d); without it until it is removed", HelpName = "TIME" };
        var why = new Option<string>("--why") { Description = "For whoever asks later", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var command = new Command("add", "Refuse an address or network with 403") { network, length, why };
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: true, desk =>
        {
            if (!TryNetwork(parsed.GetValue(network)!, out var value, out var wider)) return Task.FromResult(ServerCommands.Usage);
            TimeSpan? time = null;
            if (parsed.GetValue(length) is { } text)
            {
                if (!Durations.TryParse(text, out var read) || read <= TimeSpan.Zero) return Task.FromResult(Desk.Misuse($"`{text}` is no length of time: write --for 1h"));
                time = read;
            }

            if (value.PrefixLength == 0) return Task.FromResult(Desk.Misuse($"`{value}` is everybody: write a rule instead"));
            if (wider) Console.Error.WriteLine($"gatehouse: warning: `{parsed.GetValue(network)}` is taken as the whole network {value}");
            desk.Stores.Blocks.Add(value, time, parsed.GetValue(why)!);
            var until = time is { } some ? Desk.Time.GetUtcNow() + some : (DateTimeOffset?)null;
            return Task.FromResult(desk.Tell($"{value} is refused {(until is null ? "until it is removed" : $"until {Desk.Text(until)}")}", Schema, writer =>
            {
                writer.WriteString("network", value.ToString());
                if (until is { } end) writer.WriteString("until", end);
                else writer.WriteNull("until");
                writer.WriteString("why", parsed.GetValue(why));
            }));
        }));
        return command;
    }

    private static Command Remove(Option<string> config, Option<bool> json)
    {
        var network = new Argument<string>("NETWORK") { Description = "As `block list` shows it" };
        var command = new Command("remove", "Refuse it no longer") { network };
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: true, desk =>
        {
            if (!TryNetwork(parsed.GetValue(network)!, out var value, out var __)) return Task.FromResult(ServerCommands.Usage);
            if (desk.Stores.Blocks.Remove(value))
            {
                return Task.FromResult(desk.Tell($"{value} is no longer on the block list", Schema, writer =>
                {
                    writer.WriteString("network", value.ToString());
                    writer.WriteBoolean("removed", true);
                }));
            }

            var wider = desk.Stores.Blocks.Find(value.BaseAddress);
            return Task.FromResult(Desk.Refuse(wider is null ? $"`{value}` is not on the block list: see `gatehouse block list`, and `refuse:` in {desk.Configuration.File}" : $"`{value}` is not on the block list by itself; `{wider.Network}`, which holds it, is: remove that"));
        }));
        return command;
    }

    private static Command List(Option<string> config, Option<bool> json)
    {
        var command = new Command("list", "What is refused now");
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: false, desk =>
        {
            var blocks = desk.Stores.Blocks.List();
            return Task.FromResult(desk.Tell(
                blocks.Count == 0 ? "the block list is empty" : Desk.Table(["network", "since", "until", "why"], blocks.Select(block => new[] { block.Network.ToString(), Desk.Text(block.Created), Desk.Text(block.Until), block.Why.Length == 0 ? "-" : block.Why })),
                "gatehouse.blocks/1",
                writer =>
                {
                    writer.WriteStartArray("blocks");
                    foreach (var block in blocks)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("network", block.Network.ToString());
                        writer.WriteString("created", block.Created);
                        if (block.Until is { } until) writer.WriteString("until", until);
                        else writer.WriteNull("until");
                        writer.WriteString("why", block.Why);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                }));
        }));
        return command;
    }

    private static bool TryNetwork(string text, out IPNetwork network, out bool hadHostBits)
    {
        if (Grammar.Network.TryParse(text, out network, out hadHostBits, out var error)) return true;
        Desk.Misuse($"`{text}` is no network: at character {error.Offset + 1} {error.Expected} is expected");
        return false;
    }
}
