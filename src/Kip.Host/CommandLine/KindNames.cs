using Kip.Resources;

namespace Kip.Host.CommandLine;

/// <summary>Finds the kind that a person means: <c>ksvc</c>, <c>revisions</c>, <c>Pod</c>, <c>services.serving.knative.dev</c>.</summary>
internal static class KindNames
{
    /// <summary>The kind of a word. <c>service</c> and <c>services</c> mean Knative's, since that is what kip is about.</summary>
    /// <exception cref="CommandFailure">No kind is called so.</exception>
    public static KindDefinition Find(string word)
    {
        if (string.Equals(word, "svc", StringComparison.OrdinalIgnoreCase)) return Kip.Resources.Core.Service.Definition;
        return Kinds.All.OrderByDescending(static k => k.Group == "serving.knative.dev").FirstOrDefault(k => Matches(k, word))
            ?? throw new CommandFailure(
                $"there is no built-in kind called \"{word}\"; for the kinds of CustomResourceDefinitions use kubectl, for the names of all kinds: kubectl api-resources");
    }

    private static bool Matches(KindDefinition kind, string word) =>
        ((string[])[kind.Plural, kind.Singular, kind.Kind, kind.QualifiedPlural, .. kind.ShortNames])
        .Contains(word, StringComparer.OrdinalIgnoreCase);
}
