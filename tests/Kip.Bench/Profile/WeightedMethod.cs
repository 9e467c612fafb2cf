namespace Kip.Bench.Profile;

/// <summary>A method, and how early it is needed.</summary>
/// <param name="Weight">More than 128 is hot, less is warm: the compiler's own bounds.</param>
internal sealed record WeightedMethod(BuiltMethod Method, int Weight)
{
    public const int Hot = 1000;
    public const int Warm = 1;

    public string Assembly => Method.Type.Assembly;

    /// <summary>What methods are sorted by.</summary>
    public string Order => $"{Method.Type.Name}\0{Method.Name}";
}
