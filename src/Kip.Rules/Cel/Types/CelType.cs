using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Kip.Rules.Cel.Types;

/// <summary>The type of an expression. Two objects with members are one type when they are one instance.</summary>
internal sealed class CelType
{
    public static readonly CelType Dyn = new(CelKind.Dyn, "dyn");
    public static readonly CelType Null = new(CelKind.Null, "null");
    public static readonly CelType Bool = new(CelKind.Bool, "bool");
    public static readonly CelType Int = new(CelKind.Int, "int");
    public static readonly CelType Uint = new(CelKind.Uint, "uint");
    public static readonly CelType Double = new(CelKind.Double, "double");
    public static readonly CelType Text = new(CelKind.String, "string");
    public static readonly CelType Bytes = new(CelKind.Bytes, "bytes");
    public static readonly CelType Timestamp = new(CelKind.Timestamp, "timestamp");
    public static readonly CelType Duration = new(CelKind.Duration, "duration");
    public static readonly CelType Type = new(CelKind.Type, "type");
    public static readonly CelType Quantity = new(CelKind.Quantity, "kubernetes.Quantity");
    public static readonly CelType Url = new(CelKind.Url, "kubernetes.URL");
    public static readonly CelType Ip = new(CelKind.Ip, "net.IP");
    public static readonly CelType Cidr = new(CelKind.Cidr, "net.CIDR");
    public static readonly CelType Semver = new(CelKind.Semver, "kubernetes.Semver");
    public static readonly CelType NamedFormat = new(CelKind.NamedFormat, "kubernetes.NamedFormat");
    public static readonly CelType Error = new(CelKind.Error, "error");

    private readonly Func<FrozenDictionary<string, CelType>>? _fields;

    private CelType(CelKind kind, string name, ImmutableArray<CelType> parameters = default, Func<FrozenDictionary<string, CelType>>? fields = null)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters.IsDefault ? [] : parameters;
        _fields = fields;
    }

    public CelKind Kind { get; }

    public string Name { get; }

    /// <summary>A list's items; a map's keys and values; what an optional may hold.</summary>
    public ImmutableArray<CelType> Parameters { get; }

    /// <summary>
    /// An object's members by the names that expressions use. Made when somebody looks: most schemas are larger than what their rules speak of.
    /// </summary>
    public FrozenDictionary<string, CelType> Fields => field ??= _fields?.Invoke() ?? FrozenDictionary<string, CelType>.Empty;

    public static CelType ListOf(CelType item) => new(CelKind.List, "list", [item]);

    public static CelType MapOf(CelType key, CelType value) => new(CelKind.Map, "map", [key, value]);

    public static CelType OptionalOf(CelType inner) => new(CelKind.Optional, "optional_type", [inner]);

    public static CelType Variable(string letter) => new(CelKind.Variable, letter);

    public static CelType Object(Func<FrozenDictionary<string, CelType>> fields) => new(CelKind.Object, "object", default, fields);

    public override string ToString() => Parameters.IsEmpty ? Name : $"{Name}({string.Join(", ", Parameters)})";
}
