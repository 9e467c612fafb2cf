using Kip.Resources;

namespace Kip.ApiServer.Schema;

/// <summary>How server-side apply sees a list or an object: as one value with one owner, or as parts that have owners of their own.</summary>
/// <param name="Kind">How its parts are told apart, if at all.</param>
/// <param name="Keys">For a list that is a map: the fields that tell its objects apart.</param>
public sealed record Topology(TopologyKind Kind, ValueList<ListKey> Keys = default)
{
    /// <summary>Lists are one value; objects are their fields.</summary>
    public static readonly Topology Default = new(TopologyKind.Default);

    /// <summary>One value, replaced as a whole: <c>atomic</c>.</summary>
    public static readonly Topology Atomic = new(TopologyKind.Atomic);

    /// <summary>A list of scalars of which each may have an owner: <c>set</c>.</summary>
    public static readonly Topology Set = new(TopologyKind.Set);

    /// <summary>A list of objects that keys tell apart: <c>map</c>.</summary>
    public static Topology MapBy(params ReadOnlySpan<ListKey> keys) => new(TopologyKind.Map, ValueList.Create(keys));
}

/// <summary>How the parts of a list or an object are told apart.</summary>
public enum TopologyKind
{
    /// <summary>Lists are atomic, objects are granular.</summary>
    Default,

    /// <summary>Not at all.</summary>
    Atomic,

    /// <summary>By their value.</summary>
    Set,

    /// <summary>By the values of some of their fields.</summary>
    Map,
}

/// <summary>A field that tells the objects of a list apart.</summary>
/// <param name="Name">As on the wire.</param>
/// <param name="Default">The value of an object that leaves it out, as JSON; null when it must not.</param>
public readonly record struct ListKey(string Name, string? Default = null)
{
    public static implicit operator ListKey(string name) => new(name);
}
