using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>A set of paths to fields. Immutable.</summary>
/// <remarks>
/// A tree: a node is a step, and says whether the path that ends there is in the set. That <c>spec</c> is in the set says nothing of
/// <c>spec.replicas</c>: a path stands for itself, not for what is below it.
/// </remarks>
internal sealed class FieldSet : IEquatable<FieldSet>
{
    public static readonly FieldSet Empty = new([]);

    private readonly FieldSetNode[] _nodes;

    // Sorted, each element once, and none that is neither a member nor leads to one.
    private FieldSet(FieldSetNode[] nodes) => _nodes = nodes;

    public bool IsEmpty => _nodes.Length == 0;

    public ReadOnlySpan<FieldSetNode> Nodes => _nodes;

    /// <summary>The set of these nodes, which may come in any order, but each element once.</summary>
    public static FieldSet Of(List<FieldSetNode> nodes)
    {
        nodes.RemoveAll(static node => !node.IsMember && node.Below.IsEmpty);
        if (nodes.Count == 0) return Empty;
        for (var i = 1; i < nodes.Count; i++)
        {
            if (nodes[i - 1].Element.CompareTo(nodes[i].Element) < 0) continue;
            nodes.Sort(static (a, b) => a.Element.CompareTo(b.Element));
            break;
        }
        return new([.. nodes]);
    }

    /// <summary>The set of paths that are made of names alone: <c>metadata.name</c>.</summary>
    public static FieldSet OfNames(params ReadOnlySpan<string> paths)
    {
        var all = Empty;
        foreach (var path in paths)
        {
            var names = path.Split('.');
            var one = Of([new(PathElement.Field(names[^1]), true, Empty)]);
            for (var i = names.Length - 2; i >= 0; i--) one = Of([new(PathElement.Field(names[i]), false, one)]);
            all = all.Union(one);
        }
        return all;
    }

    public FieldSet Union(FieldSet other) => Zip(this, other, static (a, b) => a || b);

    public FieldSet Intersect(FieldSet other) => Zip(this, other, static (a, b) => a && b);

    public FieldSet Except(FieldSet other) => Zip(this, other, static (a, b) => a && !b);

    /// <summary>This set without the other's paths and all that is below them.</summary>
    public FieldSet ExceptBelow(FieldSet other)
    {
        if (IsEmpty || other.IsEmpty) return this;
        var kept = new List<FieldSetNode>(_nodes.Length);
        foreach (var node in _nodes)
        {
            var gone = other.Find(node.Element);
            if (!gone.IsMember) kept.Add(node with { Below = node.Below.ExceptBelow(gone.Below) });
        }
        return Of(kept);
    }

    /// <summary>What the set knows of a step: whether it is a member, and what is below.</summary>
    public FieldSetNode Find(PathElement element)
    {
        var (low, high) = (0, _nodes.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _nodes[middle].Element.CompareTo(element);
            if (order == 0) return _nodes[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return new(element, false, Empty);
    }

    /// <summary>This set with every declared field in it that leads to a member: who owns a part of a struct holds the struct.</summary>
    public FieldSet WithNamedParents(SchemaNode schema)
    {
        if (IsEmpty) return this;
        var nodes = new List<FieldSetNode>(_nodes.Length);
        foreach (var node in _nodes)
        {
            var declared = Shapes.IsDeclared(schema, node.Element);
            nodes.Add(new(node.Element, node.IsMember || declared, node.Below.WithNamedParents(Shapes.Below(schema, node.Element))));
        }
        return Of(nodes);
    }

    /// <summary>Every path of the set as conflicts show it, in order.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        foreach (var node in _nodes)
        {
            var path = prefix + node.Element;
            if (node.IsMember) yield return path;
            foreach (var below in node.Below.Paths(path)) yield return below;
        }
    }

    public bool Equals(FieldSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _nodes.AsSpan().SequenceEqual(other._nodes));

    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var node in _nodes) hash.Add(node);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(' ', Paths());

    private static FieldSet Zip(FieldSet left, FieldSet right, Func<bool, bool, bool> isMember)
    {
        // What only one of them has is taken or left as a whole.
        if (right.IsEmpty) return isMember(true, false) ? left : Empty;
        if (left.IsEmpty) return isMember(false, true) ? right : Empty;
        var nodes = new List<FieldSetNode>(Math.Max(left._nodes.Length, right._nodes.Length));
        var (l, r) = (0, 0);
        while (l < left._nodes.Length || r < right._nodes.Length)
        {
            var order = l == left._nodes.Length ? 1 : r == right._nodes.Length ? -1 : left._nodes[l].Element.CompareTo(right._nodes[r].Element);
            var a = order <= 0 ? left._nodes[l++] : default;
            var b = order >= 0 ? right._nodes[r++] : default;
            var element = order <= 0 ? a.Element : b.Element;
            nodes.Add(new(element, isMember(a.IsMember, b.IsMember), Zip(a.Below ?? Empty, b.Below ?? Empty, isMember)));
        }
        return Of(nodes);
    }
}

/// <summary>A step of a set of paths.</summary>
/// <param name="IsMember">Whether the path that ends here is in the set.</param>
/// <param name="Below">The paths that go on from here.</param>
internal readonly record struct FieldSetNode(PathElement Element, bool IsMember, FieldSet Below);
