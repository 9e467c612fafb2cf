namespace Kip.ApiServer.Patches;

/// <summary>A patch that is malformed or does not fit the object.</summary>
/// <param name="code">400 malformed, 413 too large, 415 a kind of patch that is not understood here, 422 does not fit.</param>
/// <param name="message">What is wrong, for the caller.</param>
public sealed class PatchException(int code, string message) : Exception(message)
{
    /// <summary>The HTTP status to answer with.</summary>
    public int Code { get; } = code;

    internal static PatchException Malformed(string message) => new(400, message);

    internal static PatchException DoesNotFit(string message) => new(422, message);
}
