using Gatehouse.Doctor;

namespace Gatehouse.Doctor.Tests;

public class ObservationsTests
{
    private sealed record Seen(int Number) : Observation;

    private sealed record Other : Observation;

    [Fact]
    public void Observations_of_a_kind_come_in_the_order_in_which_they_were_made()
    {
        var all = new Observations();
        all.AddRange([new Seen(1), new Other(), new Seen(2)]);
        Assert.Equal([1, 2], all.Of<Seen>().Select(seen => seen.Number));
        Assert.Equal(1, all.First<Seen>()?.Number);
    }
}
