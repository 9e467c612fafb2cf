namespace Kip.Testing.Golden;

/// <summary>An output is not what its golden file says.</summary>
public sealed class GoldenDiffersException(string message) : Exception(message);
