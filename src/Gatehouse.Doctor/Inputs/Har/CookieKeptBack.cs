namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>A cookie that the browser held and did not send with the refused request, in the browser's own words.</summary>
/// <param name="Name">Of the cookie.</param>
/// <param name="Reasons">As recorded: <c>SameSiteLax</c>, <c>NotOnPath</c>.</param>
public sealed record CookieKeptBack(string Name, string Reasons) : Observation;
