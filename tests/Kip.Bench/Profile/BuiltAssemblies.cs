using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Kip.Bench.Profile;

/// <summary>The metadata of a program's own assemblies: which types have which methods.</summary>
internal sealed class BuiltAssemblies : IDisposable
{
    private readonly List<PEReader> _files = [];
    private readonly Dictionary<string, List<BuiltType>> _types = [];

    private BuiltAssemblies() { }

    /// <summary>Reads every assembly in a folder.</summary>
    public static BuiltAssemblies In(string folder)
    {
        var built = new BuiltAssemblies();
        foreach (var path in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal)) built.Add(path);
        return built;
    }

    /// <summary>Every overload of the name in the type, whatever it is instantiated over; in each assembly that has such a type.</summary>
    /// <param name="type">Full name without type arguments; nested ones behind a plus.</param>
    public IEnumerable<BuiltMethod> Find(string type, string name) =>
        from found in _types.GetValueOrDefault(type, [])
        from handle in found.Definition.GetMethods()
        let method = found.Reader.GetMethodDefinition(handle)
        where found.Reader.StringComparer.Equals(method.Name, name)
        select new BuiltMethod(found, name, method);

    public void Dispose() => _files.ForEach(static file => file.Dispose());

    private void Add(string path)
    {
        var file = new PEReader(ImmutableArray.Create(File.ReadAllBytes(path)));
        _files.Add(file);
        var reader = file.GetMetadataReader();
        var assembly = reader.GetString(reader.GetAssemblyDefinition().Name);
        foreach (var handle in reader.TypeDefinitions)
        {
            var name = NameOf(reader, handle);
            if (!_types.TryGetValue(name, out var sameName)) _types[name] = sameName = [];
            sameName.Add(new(assembly, name, reader, handle));
        }
    }

    private static string NameOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = reader.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil) return $"{NameOf(reader, type.GetDeclaringType())}+{name}";
        return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }
}

/// <summary>A type of an assembly that was read.</summary>
internal sealed record BuiltType(string Assembly, string Name, MetadataReader Reader, TypeDefinitionHandle Handle)
{
    public TypeDefinition Definition => Reader.GetTypeDefinition(Handle);

    /// <summary>Whether it is a class or a value, as signatures say it.</summary>
    public SignatureTypeKind Kind => Definition.BaseType is { IsNil: false, Kind: HandleKind.TypeReference } parent
        && Reader.GetString(Reader.GetTypeReference((TypeReferenceHandle)parent).Name) is "ValueType" or "Enum"
            ? SignatureTypeKind.ValueType
            : SignatureTypeKind.Class;
}

/// <summary>A method of an assembly that was read.</summary>
internal sealed record BuiltMethod(BuiltType Type, string Name, MethodDefinition Definition);
