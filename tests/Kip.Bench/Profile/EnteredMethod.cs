using System.Globalization;

namespace Kip.Bench.Profile;

/// <summary>A method compiled ahead, and when it was entered first.</summary>
/// <param name="Type">Full name without type arguments; nested ones behind a plus.</param>
/// <param name="Name">The method's, without types: overloads are not told apart.</param>
internal sealed record EnteredMethod(DateTime At, string Type, string Name)
{
    private const char Between = '\t';

    public static EnteredMethod Parse(string line)
    {
        var parts = line.Split(Between);
        return new(new DateTime(long.Parse(parts[0], CultureInfo.InvariantCulture), DateTimeKind.Utc), parts[1], parts[2]);
    }

    public override string ToString() => string.Join(Between, At.Ticks.ToString(CultureInfo.InvariantCulture), Type, Name);
}
