using Kip.Resources.Apps;

namespace Kip.Rules.Serving.Revisions;

/// <summary>
/// A short name for what a Deployment was made from. While it stays the same, others may change the Deployment undisturbed.
/// </summary>
internal static class DeploymentHash
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>The 32-bit FNV-1a hash, in base 36, of the Deployment as it is written on the wire.</summary>
    public static string Of(Deployment wanted)
    {
        var hash = 2166136261u;
        foreach (var b in Deployment.Definition.Write(wanted)) hash = (hash ^ b) * 16777619u;
        Span<char> text = stackalloc char[7];
        var at = text.Length;
        do
        {
            text[--at] = Digits[(int)(hash % 36)];
            hash /= 36;
        }
        while (hash > 0);
        return text[at..].ToString();
    }
}
