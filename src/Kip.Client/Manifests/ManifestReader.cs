using System.Text.Json;
using Kip.Resources.Yaml;
using Kip.Resources;

namespace Kip.Client.Manifests;

/// <summary>Reads objects from the text of one file, strictly: what is not understood is an error, never left out.</summary>
internal sealed class ManifestReader
{
    private readonly string _file;
    private readonly IReadOnlyList<KindDefinition> _others;
    private readonly List<Manifest> _manifests;
    private readonly List<ManifestError> _errors;
    private int _document;
    private bool _metUnknownKind;

    private ManifestReader(string file, IReadOnlyList<KindDefinition> others, List<Manifest> manifests, List<ManifestError> errors)
    {
        _file = file;
        _others = others;
        _manifests = manifests;
        _errors = errors;
    }

    /// <summary>Reads a text, adding to the objects and to the errors.</summary>
    /// <param name="others">Kinds beside those that are built in.</param>
    /// <returns>Whether there was an object of a kind that is neither built in nor among the others.</returns>
    public static bool Read(string text, string file, IReadOnlyList<KindDefinition> others, List<Manifest> manifests, List<ManifestError> errors)
    {
        var reader = new ManifestReader(file, others, manifests, errors);
        try
        {
            foreach (var document in Documents(text))
            {
                reader._document++;
                if (document is not null) reader.ReadDocument(document);
            }
        }
        catch (DocumentException e)
        {
            var form = LooksLikeJson(text) ? "JSON" : "YAML";
            var line = Math.Min(e.Line, text.AsSpan().TrimEnd().Count('\n') + 1);
            errors.Add(new(file, DocumentAt(text, line), line, $"this is not {form}: {e.Message.TrimEnd('.')}. Mend the text there or just before"));
        }
        return reader._metUnknownKind;
    }

    private static IReadOnlyList<Document?> Documents(string text) => LooksLikeJson(text) ? JsonReader.Read(text) : YamlReader.Read(text);

    // As kubectl guesses.
    private static bool LooksLikeJson(string text) => text.AsSpan().TrimStart().StartsWith("{");

    private static int DocumentAt(string text, int line) =>
        1 + text.Split('\n').Take(line).Skip(1).Count(static l => l.StartsWith("---", StringComparison.Ordinal));

    private void ReadDocument(Document document)
    {
        var before = _errors.Count;
        foreach (var (line, message) in document.Problems) Report(line, message);
        if (document.Root is not MapNode map)
            Report(document.Root.Line, "an object is a map that begins with apiVersion and kind");
        else if (map.Text("kind") == "List" && map.Text("apiVersion") == "v1" && map.Get("items") is ListNode list)
            foreach (var item in list.Items) ReadObject(item, before);
        else
            ReadObject(map, before);
    }

    private void ReadObject(DocumentNode node, int errorsBefore)
    {
        if (node is not MapNode map)
        {
            Report(node.Line, "an item of a list must be an object");
            return;
        }
        if (KindOf(map) is not { } kind) return;
        if (kind.Format is null) new StrictCheck(Report).Check(map, kind.ClrType, "");
        // Of other kinds only what all objects have is known here; the rest is for the server to check.
        else if (map.Get("metadata") is { } metadata) new StrictCheck(Report).Check(metadata, typeof(ObjectMeta), "metadata");
        if (_errors.Count > errorsBefore) return;
        var json = NodeJson.Write(map);
        try
        {
            var resource = kind.Read(json);
            if (resource.Metadata.Name.Length == 0 && resource.Metadata.GenerateName is null)
                Report(map.Get("metadata")?.Line ?? map.Line, "metadata.name is missing: give the object a name");
            else
                _manifests.Add(new(resource, json, _file, _document, map.Line));
        }
        catch (JsonException e)
        {
            Report(map.Line, $"{e.Path?.TrimStart('$', '.')}: {e.Message}");
        }
    }

    private KindDefinition? KindOf(MapNode map)
    {
        var (apiVersion, name) = (map.Text("apiVersion"), map.Text("kind"));
        if (apiVersion is null || name is null)
        {
            Report(map.Line, $"{(apiVersion is null ? "apiVersion" : "kind")} is missing: every object begins with apiVersion and kind");
            return null;
        }
        if (Kinds.Find(apiVersion, name) is { } kind) return kind;
        // The server lists the version that it prefers; a manifest may be in any.
        if (_others.FirstOrDefault(other => other.Kind == name && other.Group == GroupOf(apiVersion)) is { } served) return InVersion(served, apiVersion);
        _metUnknownKind = true;
        var sameName = Kinds.All.Where(k => k.Kind == name).Select(static k => k.ApiVersion).ToArray();
        var hint = sameName.Length > 0
            ? $"\"{name}\" is served as {string.Join(" and ", sameName)}"
            : NearestName.Of(name, Kinds.All.Select(static k => k.Kind)) is { } meant
                ? $"did you mean \"{meant}\"?"
                : $"the kinds are {string.Join(", ", Kinds.All.Select(static k => k.Kind).Distinct().Order(StringComparer.Ordinal))}";
        Report((map.Get("kind") ?? map).Line, $"there is no kind \"{name}\" in apiVersion \"{apiVersion}\": {hint}");
        return null;
    }

    private static string GroupOf(string apiVersion) => apiVersion.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? apiVersion[..slash] : "";

    private static KindDefinition InVersion(KindDefinition kind, string apiVersion) =>
        kind.ApiVersion == apiVersion ? kind : kind with { Version = apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..] };

    private void Report(int line, string message) => _errors.Add(new(_file, _document, line, message));
}
