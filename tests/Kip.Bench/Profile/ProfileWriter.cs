using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Kip.Bench.Profile;

/// <summary>Writes the profile that the ahead-of-time compiler reads with <c>--mibc</c>: which methods are to lie beside each other.</summary>
/// <remarks>
/// The file is an assembly whose code is the data. A global method <c>AssemblyDictionary</c> names for each assembly a method of methods, and that one has for each:
/// <c>ldtoken</c> of it, <c>ldstr "ExclusiveWeight"</c>, <c>ldc.i4</c> of the weight, <c>pop</c>.
/// The assembly is packed, under the file's name and <c>.dll</c>. The same methods and weights give the same bytes.
/// </remarks>
internal sealed class ProfileWriter
{
    /// <summary>The file's name; the compiler looks for what is in it under this name.</summary>
    public const string Name = "kip.mibc";

    private readonly MetadataBuilder _metadata = new();
    private readonly MethodBodyStreamEncoder _bodies = new(new BlobBuilder());
    private readonly ProfileReferences _references;
    private readonly ProfileSignature _signatures;

    public ProfileWriter()
    {
        _references = new(_metadata);
        _signatures = new(_references);
        _metadata.AddModule(0, _metadata.GetOrAddString(Name), default, default, default);
        _metadata.AddAssembly(_metadata.GetOrAddString("kip"), new Version(), default, default, default, default);
        _metadata.AddTypeDefinition(
            default, default, _metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
    }

    /// <summary>The profile as a file.</summary>
    public byte[] Write(IEnumerable<WeightedMethod> methods)
    {
        var groups = new InstructionEncoder(new BlobBuilder());
        foreach (var assembly in methods.GroupBy(static method => method.Assembly).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            groups.LoadString(_metadata.GetOrAddUserString($"{assembly.Key};"));
            groups.OpCode(ILOpCode.Ldtoken);
            groups.Token(WriteGroup(assembly));
            groups.OpCode(ILOpCode.Pop);
        }
        Define("AssemblyDictionary", groups);
        var file = new BlobBuilder();
        new ManagedPEBuilder(
            PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(_metadata), _bodies.Builder, deterministicIdProvider: static _ => default).Serialize(file);
        return Packed(file);
    }

    private static byte[] Packed(BlobBuilder assembly)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            var entry = archive.CreateEntry($"{Name}.dll", CompressionLevel.SmallestSize);
            // The oldest that the format knows: the time of day must not change the file.
            entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var content = entry.Open();
            assembly.WriteContentTo(content);
        }
        return packed.ToArray();
    }

    private MethodDefinitionHandle WriteGroup(IGrouping<string, WeightedMethod> assembly)
    {
        var code = new InstructionEncoder(new BlobBuilder());
        foreach (var method in assembly.OrderBy(static method => method.Order, StringComparer.Ordinal))
        {
            code.OpCode(ILOpCode.Ldtoken);
            code.Token(Reference(method));
            code.LoadString(_metadata.GetOrAddUserString("ExclusiveWeight"));
            code.LoadConstantI4(method.Weight);
            code.OpCode(ILOpCode.Pop);
            // Behind a method that no longer exists the compiler waits for one more of these; without it, it would skip the rest.
            code.OpCode(ILOpCode.Pop);
        }
        return Define(assembly.Key, code);
    }

    private EntityHandle Reference(WeightedMethod weighted)
    {
        var (type, name, definition) = weighted.Method;
        EntityHandle owner = type.Definition.GetGenericParameters().Count == 0
            ? _references.Type(type.Reader, type.Handle)
            : _metadata.AddTypeSpecification(_metadata.GetOrAddBlob(_signatures.OverClasses(type)));
        EntityHandle method = _metadata.AddMemberReference(owner, _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(_signatures.Of(weighted.Method)));
        return definition.GetGenericParameters().Count is > 0 and var count
            ? _metadata.AddMethodSpecification(method, _metadata.GetOrAddBlob(_signatures.OverClasses(count)))
            : method;
    }

    private MethodDefinitionHandle Define(string name, InstructionEncoder code)
    {
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, static result => result.Void(), static _ => { });
        return _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(signature),
            _bodies.AddMethodBody(code), MetadataTokens.ParameterHandle(1));
    }
}
