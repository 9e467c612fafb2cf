using System.Collections.Immutable;
using Kip.Resources;

namespace Kip.ApiServer.Storage;

using Names = ImmutableSortedDictionary<string, Resource>;

/// <summary>The objects of one kind, by namespace and then by name, as they were at one moment. Immutable: a list reads it without a lock.</summary>
internal sealed record KindTable(ImmutableSortedDictionary<string, Names> Spaces, int Count)
{
    public static readonly KindTable Empty = new(ImmutableSortedDictionary.Create<string, Names>(StringComparer.Ordinal), 0);

    private static readonly Names NoNames = ImmutableSortedDictionary.Create<string, Resource>(StringComparer.Ordinal);

    public Resource? Get(NamespacedName name) => Space(name.Namespace).GetValueOrDefault(name.Name);

    /// <summary>The objects of one namespace.</summary>
    public Names Space(string @namespace) => Spaces.GetValueOrDefault(@namespace, NoNames);

    /// <summary>The objects of one namespace, or of all (null), in order.</summary>
    public IEnumerable<Resource> In(string? @namespace) =>
        @namespace is null ? Spaces.Values.SelectMany(static names => names.Values) : Space(@namespace).Values;

    /// <summary>The objects of a namespace and those after it, in order.</summary>
    /// <param name="passed">How many objects there are before.</param>
    public IEnumerable<Resource> From(string @namespace, out int passed)
    {
        passed = Spaces.TakeWhile(space => IsBefore(space.Key)).Sum(static space => space.Value.Count);
        return Spaces.SkipWhile(space => IsBefore(space.Key)).SelectMany(static space => space.Value.Values);

        bool IsBefore(string space) => string.CompareOrdinal(space, @namespace) < 0;
    }

    /// <summary>How many objects there are in one namespace, or in all (null).</summary>
    public int CountIn(string? @namespace) => @namespace is null ? Count : Space(@namespace).Count;

    public KindTable With(Resource resource)
    {
        var names = Space(resource.Metadata.Namespace);
        var more = names.SetItem(resource.Metadata.Name, resource);
        return new(Spaces.SetItem(resource.Metadata.Namespace, more), Count + more.Count - names.Count);
    }

    public KindTable Without(NamespacedName name)
    {
        var names = Space(name.Namespace);
        var fewer = names.Remove(name.Name);
        if (fewer.Count == names.Count) return this;
        return new(fewer.IsEmpty ? Spaces.Remove(name.Namespace) : Spaces.SetItem(name.Namespace, fewer), Count - 1);
    }

    /// <summary>This table before the changes, which are given in the order in which they were made.</summary>
    public KindTable Undo(ReadOnlySpan<Change> changes)
    {
        var table = this;
        for (var i = changes.Length - 1; i >= 0; i--)
            table = changes[i].Old is { } old ? table.With(old) : table.Without(changes[i].New!.Key);
        return table;
    }
}
