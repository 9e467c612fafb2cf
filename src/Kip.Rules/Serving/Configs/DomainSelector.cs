using Kip.Resources;
using Kip.Resources.Yaml;

namespace Kip.Rules.Serving.Configs;

/// <summary>The value of one domain in <c>config-domain</c>: YAML with <c>selector</c> and <c>type</c>.</summary>
internal static class DomainSelector
{
    /// <summary>The labels selected by; empty when there are none; null, with an error, when the text is not understood.</summary>
    public static StringMap? Parse(string text, out string error)
    {
        error = "";
        // As it is shipped, and mostly stays; the YAML reader is not brought into memory for it.
        if (text.Length == 0) return default(StringMap);
        try
        {
            return YamlReader.Read(text) switch
            {
                [] or [null] => default(StringMap),
                [{ Root: ScalarNode { Text: "" } }] => default(StringMap),
                [{ Root: MapNode root, Problems.Count: 0 }] => Labels(root, out error),
                _ => Wrong(text, out error),
            };
        }
        catch (DocumentException)
        {
            return Wrong(text, out error);
        }
    }

    private static StringMap? Labels(MapNode root, out string error)
    {
        error = "";
        var labels = new List<KeyValuePair<string, string>>();
        foreach (var (key, _, value) in root.Entries)
        {
            var isRight = (key, value) switch
            {
                ("type", ScalarNode { Text: "wildcard" or "" }) => true,
                ("type" or "selector", ScalarNode { Kind: ScalarKind.Null }) => true,
                ("selector", MapNode selector) => selector.Entries.TrueForAll(e => Add(labels, e)),
                _ => false,
            };
            if (!isRight) return Wrong(key, out error);
        }
        return StringMap.From(labels);
    }

    private static bool Add(List<KeyValuePair<string, string>> labels, MapEntry entry)
    {
        if (entry.Value is not ScalarNode { Kind: not ScalarKind.Null } value) return false;
        labels.Add(new(entry.Key, value.Written));
        return true;
    }

    private static StringMap? Wrong(string words, out string error)
    {
        error = $"\"{words.Trim()}\" is not understood; write\nselector:\n  label: value\nor leave the value empty for a default domain";
        return null;
    }
}
