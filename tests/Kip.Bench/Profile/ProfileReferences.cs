using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Kip.Bench.Profile;

/// <summary>The profile's references to assemblies and to their types; each is written once.</summary>
internal sealed class ProfileReferences(MetadataBuilder metadata)
{
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<(EntityHandle Scope, string Namespace, string Name), TypeReferenceHandle> _types = [];

    /// <summary>Code shared by all instantiations over classes is named by this type, whose assembly is known to the compiler alone.</summary>
    public TypeReferenceHandle Canonical => Type(Assembly("System.Private.Canon", new Version()), "System", "__Canon");

    public TypeReferenceHandle Type(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        EntityHandle scope = type.GetDeclaringType() is { IsNil: false } outer ? Type(reader, outer) : Assembly(reader.GetAssemblyDefinition().GetAssemblyName());
        return Type(scope, reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    public TypeReferenceHandle Type(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        EntityHandle scope = type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Type(reader, (TypeReferenceHandle)type.ResolutionScope)
            : Assembly(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).GetAssemblyName());
        return Type(scope, reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    private TypeReferenceHandle Type(EntityHandle scope, string space, string name)
    {
        if (!_types.TryGetValue((scope, space, name), out var known))
            _types[(scope, space, name)] = known = metadata.AddTypeReference(scope, metadata.GetOrAddString(space), metadata.GetOrAddString(name));
        return known;
    }

    private AssemblyReferenceHandle Assembly(System.Reflection.AssemblyName name) => Assembly(name.Name!, name.Version!);

    // Without the key: the compiler looks assemblies up by their names.
    private AssemblyReferenceHandle Assembly(string name, Version version)
    {
        if (!_assemblies.TryGetValue(name, out var known))
            _assemblies[name] = known = metadata.AddAssemblyReference(metadata.GetOrAddString(name), version, default, default, default, default);
        return known;
    }
}
