using System.Diagnostics;
using System.Text;
using Gatehouse.Fuzz;
using SharpFuzz;

// Gatehouse.Fuzz TARGET                          under afl-fuzz (fuzz/README.md)
// Gatehouse.Fuzz TARGET|all --seconds N [--seed S]   by itself: mutates the seeds, prints the input that breaks a promise, exit 1
if (args.Length == 0 || (args[0] != "all" && Targets.All.All(target => target.Name != args[0])))
{
    Console.Error.WriteLine($"usage: Gatehouse.Fuzz TARGET|all [--seconds N] [--seed S]; targets: {string.Join(' ', Targets.All.Select(target => target.Name))}");
    return 2;
}

var chosen = Targets.All.Where(target => args[0] == "all" || target.Name == args[0]).ToList();
if (Option("--seconds") is not { } seconds)
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        chosen[0].Try(copy.ToArray());
    });
    return 0;
}

// Nothing that a request or a file says may hold a reader longer.
var longest = TimeSpan.FromSeconds(2);
var broken = 0;
foreach (var target in chosen)
{
    var random = new Random(Option("--seed") ?? 1);
    var pool = target.Seeds.Select(Encoding.UTF8.GetBytes).ToList();
    var clock = Stopwatch.StartNew();
    long runs = 0;
    while (clock.Elapsed.TotalSeconds < seconds)
    {
        var input = Mutation.Of(pool[random.Next(pool.Count)], pool[random.Next(pool.Count)], random);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            target.Try(input);
            runs++;
            if (Stopwatch.GetElapsedTime(begun) > longest && Again(target, input) is var again && again > longest) throw new BrokenPromise($"{input.Length} octets took {again.TotalSeconds:0.0} s");
            if (runs % 64 == 0 && pool.Count < 512 && input.Length < 4096) pool.Add(input);
        }
        catch (Exception fault)
        {
            broken++;
            Console.WriteLine($"{target.Name}: {fault.GetType().Name}: {fault.Message}\n  input (base64): {Convert.ToBase64String(input)}\n{fault.StackTrace?.Split('\n').FirstOrDefault()}");
            break;
        }
    }

    Console.WriteLine($"{target.Name}: {runs:N0} runs");
}

return broken == 0 ? 0 : 1;

// On a busy machine any input may take long once: the shortest of three more tries tells whether it is the input.
static TimeSpan Again(Target target, byte[] input) => Enumerable.Range(0, 3).Select(_ =>
{
    var begun = Stopwatch.GetTimestamp();
    target.Try(input);
    return Stopwatch.GetElapsedTime(begun);
}).Min();

int? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length && int.TryParse(args[at + 1], out var number) ? number : null;
