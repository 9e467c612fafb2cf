using System.Globalization;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>Lists: what is chosen, in order, in parts of one version.</summary>
internal sealed class ResourceReader(Store store)
{
    public ResourceList List(KindDefinition kind, ListOptions options)
    {
        var selection = Selection.Of(kind, options);
        ContinueToken? from = string.IsNullOrEmpty(options.Continue) ? null : ContinueToken.Parse(options.Continue);
        var (table, version) = from is null ? Now(kind, options) : (At(kind, from.Value.Version), from.Value.Version);
        var limit = options.Limit is > 0 and var some ? some : int.MaxValue;

        var items = new List<Resource>();
        var more = false;
        foreach (var resource in Chosen(table, selection, from?.After))
        {
            more = items.Count == limit;
            if (more) break;
            items.Add(resource);
        }
        var next = more ? new ContinueToken(version, items[^1].Key).ToString() : null;
        // As in Kubernetes, a filtered list does not count what it has not looked at.
        long? remaining = more && selection.IsWhole ? Chosen(table, selection, items[^1].Key).LongCount() : null;
        return new ResourceList(items, Text(version), next, remaining);
    }

    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version that a client names; null when it names none, or <c>0</c> for any.</summary>
    /// <exception cref="ApiException">It is not a version (400), or one that is still to come (504).</exception>
    public static long? Version(string? text, long current)
    {
        if (string.IsNullOrEmpty(text) || text == "0") return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw ApiException.BadRequest($"invalid resource version \"{text}\": it must be one that the server gave");
        if (version > current)
            throw ApiException.Of(504, StatusReason.Timeout, $"Too large resource version: {version}, current: {current}");
        return version;
    }

    private (KindTable Table, long Version) Now(KindDefinition kind, ListOptions options)
    {
        var now = store.Read(kind);
        _ = Version(options.ResourceVersion, now.Version);
        return now;
    }

    private KindTable At(KindDefinition kind, long version) => store.ReadAt(kind, version) ?? throw ApiException.Expired(
        "The provided continue parameter is too old to display a consistent list result: begin the list again without it");

    private static IEnumerable<Resource> Chosen(KindTable table, Selection selection, NamespacedName? after)
    {
        // kubectl and kn watch and list single objects by name: no need to look at the others.
        if (selection.Namespace is { } space && selection.Fields.ExactValue("metadata.name") is { } name)
            return table.Get(new(space, name)) is { } only && IsAfter(only, after) && selection.Matches(only) ? [only] : [];
        return table.In(selection.Namespace).Where(resource => IsAfter(resource, after) && selection.Matches(resource));
    }

    private static bool IsAfter(Resource resource, NamespacedName? after)
    {
        if (after is not { } start) return true;
        var order = string.CompareOrdinal(resource.Metadata.Namespace, start.Namespace);
        return order > 0 || (order == 0 && string.CompareOrdinal(resource.Metadata.Name, start.Name) > 0);
    }
}
