using Gatehouse.Causes;

namespace Gatehouse.Tests.Causes;

public class CatalogueTests
{
    [Fact]
    public void Every_cause_is_found_by_its_id_and_says_all_that_it_must()
    {
        foreach (var cause in Catalogue.All)
        {
            Assert.Same(cause, Catalogue.Find(cause.Id));
            Assert.Matches("^[a-z0-9-]+(\\.[a-z0-9-]+)?$", cause.Id);
            Assert.True(cause.Status is null or 401 or 403, cause.Id);
            Assert.NotEqual(Vantage.None, cause.SeenFrom);
            Assert.All(
                [cause.Title, cause.Meaning, cause.Confirm, cause.Visitor, cause.Developer, cause.Owner, cause.Specification],
                text => Assert.False(string.IsNullOrWhiteSpace(text), cause.Id));
        }
    }

    [Fact]
    public void Every_cause_of_a_family_stands_in_the_list()
    {
        var declared = typeof(Cause).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static))
            .Where(field => field.FieldType == typeof(Cause))
            .Select(field => (Cause)field.GetValue(null)!);
        Assert.Equal(declared.Select(c => c.Id).Order(), Catalogue.All.Select(c => c.Id).Order());
    }
}
