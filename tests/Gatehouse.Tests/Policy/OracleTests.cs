using Gatehouse.Policy;

namespace Gatehouse.Tests.Policy;

/// <summary>The engine against the oracle: policies of up to three rules over two dozen atoms, and larger ones by chance.</summary>
public sealed class OracleTests
{
    private static readonly bool Nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
    private static readonly Facts[] Facts = [.. World.Requests.Select(ask => ask.Facts)];
    private static readonly Identity[][] Identities = [.. new[] { false, true }.Select(sunday => World.People.Select(person => person.At(World.Requests.First(ask => ask.Sunday == sunday).Facts.Time)).ToArray())];

    [Fact]
    public void K01_policies_of_one_rule_of_one_or_two_atoms_decide_as_the_table_says()
    {
        var count = 0L;
        for (var a = 0; a < World.Atoms.Length; a++)
        {
            count += Compare(new([], [(World.Everything, new Words.Atom(a))]), people: 40, seed: a);
            for (var b = 0; b < World.Atoms.Length; b++)
            {
                // A sample: every fifth pair, other ones for each of the two joints.
                if (a == b || (!Nightly && (a * 7 + b) % 5 > 1)) continue;
                Words words = (a * 7 + b) % 5 == 0 || (Nightly && a < b) ? new Words.All(new Words.Atom(a), new Words.Atom(b)) : new Words.Any(new Words.Atom(a), new Words.Atom(b));
                count += Compare(new([], [(World.Everything, words)]), people: Nightly ? 40 : 8, seed: a * 100 + b, every: Nightly ? 1 : 5);
            }
        }

        Assert.True(count > 20_000, $"{count} decisions");
    }

    [Fact]
    public void K01_policies_of_three_rules_decide_as_the_table_says()
    {
        var count = 0L;
        // In the nightly form all of them, in each of the ways in which three rules can win over one another.
        string[][] places = [[World.PostFolder, World.Folder, World.Everything], [World.Exact, World.Name, World.Folder], [World.PostExact, World.Exact, World.Everything]];
        var step = Nightly ? 1 : 97;
        for (var number = 0; number < 24 * 24 * 24; number += step)
        {
            Words[] words = [new Words.Atom(number % 24), new Words.Atom(number / 24 % 24), new Words.Atom(number / 576)];
            var place = places[number % places.Length];
            count += Compare(new([], [.. place.Zip(words)]), people: 5, seed: number, every: Nightly ? 5 : 11);
        }

        Assert.True(count > (Nightly ? 2_000_000 : 10_000), $"{count} decisions");
    }

    [Fact]
    public void K01_K03_larger_policies_by_chance_decide_as_the_table_says()
    {
        var count = 0L;
        for (var seed = 0; seed < (Nightly ? 20_000 : 250); seed++)
        {
#pragma warning disable RS0030 // the seed is told in the failure: the same policy comes again
            var chance = new Random(seed);
#pragma warning restore RS0030
            var places = World.Patterns.Where(_ => chance.Next(2) == 0).DefaultIfEmpty(World.Everything).ToList();
            List<Words> refuse = chance.Next(2) == 0 ? [] : [RequestAtom(chance)];
            count += Compare(new(refuse, [.. places.Select(place => (place, Words: Expression(chance, 3)))]), people: 6, seed, every: 9);
        }

        Assert.True(count > 5_000, $"{count} decisions");
    }

    [Fact]
    public void Deciding_allocates_nothing_on_the_allow_path()
    {
        var policy = Given.Loaded("""
            refuse network 203.0.113.0/24
            refuse list blocklist.txt
            /: anyone
            /**/*.key: nobody
            /account/**: signed-in
            /admin/**: role admin and network 10.0.0.0/8 and hours mon-fri 08:00-18:00
            POST /api/**: scope write or (role editor and two-factor)
            /api/**: scope read or subscription premium
            /streams/**: country DE AT
            """);
        var known = World.People.First(person => person is { Name: "alice", Roles: ["admin", "editor"], Scopes: ["read"], Plans: [_], TwoFactor: true }).At(Given.Noon);
        (Facts, Identity?)[] allowed =
        [
            (Given.Request("/"), null), (Given.Request("/account/x/y"), known), (Given.Request("/admin/x", from: "10.1.1.1"), known),
            (Given.Request("/api/orders", "POST"), known), (Given.Request("/api/orders"), known), (Given.Request("/streams/live", country: "AT"), null),
        ];
        foreach (var (facts, who) in allowed)
        {
            for (var i = 0; i < 100; i++) Assert.Equal(Verdict.Allow, policy.Evaluate(facts, who));

            // What the runtime allocates once, for itself, while it compiles a method anew is not ours: what deciding allocates is in every round.
            var least = Enumerable.Range(0, 5).Min(_ =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 10_000; i++) policy.Evaluate(facts, who);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.True(least == 0, $"{facts.Path}: {least} bytes");
        }
    }

    private static long Compare(OraclePolicy policy, int people, int seed, int every = 1)
    {
        // What the loader refuses (rules without effect, contradictions) is no policy; that it does so rightly stands in tests of its own.
        if (Given.Load(policy.Text, out _) is not { } engine) return 0;
        var count = 0L;
        for (var request = seed % every; request < World.Requests.Length; request += every)
        {
            var couldPass = Oracle.CouldPass(policy, request);
            Check(-1, engine.Evaluate(Facts[request], null));
            for (var i = 0; i < people; i++)
            {
                // Spread over all of them, and other ones for each policy and request.
                var who = (int)(((uint)seed * 2654435761u + (uint)request * 40503u + (uint)i * 97u) % (uint)World.People.Length);
                // The pipeline asks for nobody first, and for somebody only where that does not settle it.
                var first = engine.Evaluate(Facts[request], null);
                Check(who, first == Verdict.NeedsIdentity ? engine.Evaluate(Facts[request], Identities[World.Requests[request].Sunday ? 1 : 0][who]) : first);
            }

            void Check(int who, Verdict verdict)
            {
                count++;
                var said = verdict switch { Verdict.Allow => 0, Verdict.NeedsIdentity => 401, Verdict.Deny => 403 };
                var expected = Oracle.Answer(policy, request, who, couldPass);
                if (said != expected) Assert.Fail($"seed {seed}\n{policy.Text}\n{World.Requests[request]}\n{(who < 0 ? "nobody" : World.People[who])}\nthe engine says {said}, the table {expected}");
            }
        }

        return count;
    }

    private static Words Expression(Random chance, int depth) => (depth == 0 ? 0 : chance.Next(4)) switch
    {
        1 => new Words.All(Parts(chance, depth)),
        2 => new Words.Any(Parts(chance, depth)),
        3 when chance.Next(6) == 0 => new Words.Constant(chance.Next(2) == 0),
        _ => chance.Next(5) == 0 ? new Words.Not(RequestAtom(chance).Index) : new Words.Atom(chance.Next(World.Atoms.Length)),
    };

    private static Words[] Parts(Random chance, int depth) => [.. Enumerable.Range(0, 2 + chance.Next(2)).Select(_ => Expression(chance, depth - 1))];

    private static Words.Atom RequestAtom(Random chance) => new(Enumerable.Range(0, World.Atoms.Length).Where(atom => !World.Atoms[atom].OfIdentity).ElementAt(chance.Next(9)));
}
