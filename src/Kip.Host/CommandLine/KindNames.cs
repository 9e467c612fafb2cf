using Kip.Resources;

namespace Kip.Host.CommandLine;

/// <summary>The names by which people call kinds: <c>ksvc</c>, <c>revisions</c>, <c>Pod</c>, <c>services.serving.knative.dev</c>.</summary>
internal static class KindNames
{
    /// <summary>The built-in kind of a word, or null. <c>service</c> and <c>services</c> mean Knative's, since that is what kip is about.</summary>
    public static KindDefinition? Find(string word) => string.Equals(word, "svc", StringComparison.OrdinalIgnoreCase)
        ? Kip.Resources.Core.Service.Definition
        : Among(Kinds.All.OrderByDescending(static k => k.Group == "serving.knative.dev"), word);

    /// <summary>The first of some kinds that is called so, or null.</summary>
    public static KindDefinition? Among(IEnumerable<KindDefinition> kinds, string word) => kinds.FirstOrDefault(kind =>
        ((string[])[kind.Plural, kind.Singular, kind.Kind, kind.QualifiedPlural, $"{kind.Singular}.{kind.Group}", .. kind.ShortNames])
        .Contains(word, StringComparer.OrdinalIgnoreCase));
}
