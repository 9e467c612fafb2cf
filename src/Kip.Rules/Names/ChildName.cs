using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Kip.Rules.Names;

/// <summary>Names of objects derived from another's: the parent's name and a suffix, kept within 63 characters.</summary>
public static class ChildName
{
    private const int Longest = 63;

    // The length of an MD5 sum in hexadecimal.
    private const int Sum = 32;
    private const int Head = Longest - Sum;

    /// <summary>The parent's name plus the suffix; a hash takes the place of what does not fit, so that names stay distinct.</summary>
    /// <remarks>Knative's kmeta.ChildName, letter for letter, so that objects keep their names when they move to a cluster.</remarks>
    public static string Of(string parent, string suffix)
    {
        if (parent.Length + suffix.Length <= Longest) return parent + suffix;
        if (suffix.Length < Head) return TrimEnd(parent[..Math.Min(parent.Length, Head - suffix.Length)] + Hash(parent) + suffix);
        var name = parent[..Math.Min(parent.Length, Head)] + Hash(parent + suffix);
        return TrimEnd(name + suffix[..Math.Min(suffix.Length, Longest - name.Length)]);
    }

    private static string TrimEnd(string name)
    {
        var end = name.Length;
        while (end > 0 && !char.IsAsciiLetterOrDigit(name[end - 1])) end--;
        return name[..end];
    }

    [SuppressMessage("Security", "CA5351", Justification = "The sum keeps names apart; nothing relies on it being hard to forge.")]
    internal static string Hash(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
