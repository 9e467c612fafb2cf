using System.Globalization;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>Lists: what is chosen, in order, in parts of one version.</summary>
internal sealed class ResourceReader(Store store)
{
    private const string TokenExpired =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
        + "or use the continue token in this response to read the remainder: what was made, changed or deleted since the first part may then show.";

    public ResourceList List(KindDefinition kind, ListOptions options)
    {
        var selection = Selection.Of(kind, options);
        ContinueToken? from = string.IsNullOrEmpty(options.Continue) ? null : ContinueToken.Parse(options.Continue);
        var (table, version) = from is { } token ? Next(kind, token, options) : First(kind, options);
        var limit = options.Limit is > 0 and var some ? some : int.MaxValue;

        // kubectl and kn watch and list single objects by name: no need to look at the others.
        if (selection.Namespace is { } space && selection.Fields.ExactValue("metadata.name") is { } name)
            return new ResourceList(
                table.Get(new(space, name)) is { } only && IsAfter(only, from?.After) && selection.Matches(only) ? [only] : [], Text(version));
        return Part(table, selection, from?.After, limit, version);
    }

    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version that a client names; null when it names none, or <c>0</c> for any.</summary>
    /// <exception cref="ApiException">It is not a version (400), or one that is still to come (504).</exception>
    public static long? Version(string? text, long current)
    {
        if (string.IsNullOrEmpty(text) || text == "0") return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw ApiException.BadRequest($"invalid resource version \"{text}\": it must be one that the server gave");
        return version <= current ? version : throw TooLarge(version, current);
    }

    private static ResourceList Part(KindTable table, Selection selection, NamespacedName? after, int limit, long version)
    {
        var items = new List<Resource>(Math.Min(limit, selection.IsWhole ? table.CountIn(selection.Namespace) : 0));
        var passed = 0;
        // What lies in namespaces before the last part's end need not be looked at again.
        var rest = selection.Namespace is null && after is { } end ? table.From(end.Namespace, out passed) : table.In(selection.Namespace);
        foreach (var resource in rest)
        {
            passed++;
            if (!IsAfter(resource, after) || !selection.Matches(resource)) continue;
            if (items.Count == limit)
            {
                // As in Kubernetes, a filtered list does not count what it has not looked at.
                long? remaining = selection.IsWhole ? table.CountIn(selection.Namespace) - passed + 1 : null;
                return new ResourceList(items, Text(version), new ContinueToken(version, items[^1].Key).ToString(), remaining);
            }
            items.Add(resource);
        }
        return new ResourceList(items, Text(version));
    }

    /// <summary>The state that a list without a token is of.</summary>
    private (KindTable Table, long Version) First(KindDefinition kind, ListOptions options)
    {
        var now = store.Read(kind);
        if (Version(options.ResourceVersion, now.Version) is not { } wanted) return now;
        // A part of a list of a version is of exactly that version, unless another rule is named.
        var exact = options.ResourceVersionMatch == ResourceVersionMatch.Exact || (options.ResourceVersionMatch is null && options.Limit > 0);
        if (!exact || wanted == now.Version) return now;
        return (store.ReadAt(kind, wanted) ?? throw ApiException.Expired($"The resourceVersion for the provided list is too old: {wanted}"), wanted);
    }

    private (KindTable Table, long Version) Next(KindDefinition kind, ContinueToken token, ListOptions options)
    {
        if (options.ResourceVersion is not (null or "" or "0"))
            throw ApiException.BadRequest("specifying resource version is not allowed when using continue");
        if (token.Version == ContinueToken.AnyVersion) return store.Read(kind);
        return store.ReadAt(kind, token.Version) is { } then ? (then, token.Version) : throw new ApiException(ApiException.Expired(TokenExpired).Status with
        {
            Metadata = new() { Continue = (token with { Version = ContinueToken.AnyVersion }).ToString() },
        });
    }

    private static bool IsAfter(Resource resource, NamespacedName? after)
    {
        if (after is not { } start) return true;
        var order = string.CompareOrdinal(resource.Metadata.Namespace, start.Namespace);
        return order > 0 || (order == 0 && string.CompareOrdinal(resource.Metadata.Name, start.Name) > 0);
    }

    // Clients know this failure by its cause, and come again.
    private static ApiException TooLarge(long version, long current) => new(new Status
    {
        State = "Failure", Code = 504, Reason = StatusReason.Timeout,
        Message = $"Timeout: Too large resource version: {version}, current: {current}",
        Details = new StatusDetails
        {
            Causes = [new StatusCause { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }], RetryAfterSeconds = 1,
        },
    });
}
