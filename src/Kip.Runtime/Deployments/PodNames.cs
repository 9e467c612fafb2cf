namespace Kip.Runtime.Deployments;

/// <summary>The last part of a pod's name.</summary>
public static class PodNames
{
    // No vowels and no look-alikes, as Kubernetes': no word can come out.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int Length = 5;

    /// <summary>Five characters.</summary>
    /// <param name="random">Numbers from 0 up to 1.</param>
    public static string Suffix(Func<double> random) =>
        string.Create(Length, random, static (text, random) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = Alphabet[(int)(random() * Alphabet.Length)];
        });
}
