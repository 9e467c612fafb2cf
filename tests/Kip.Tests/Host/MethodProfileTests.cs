using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Host;

/// <summary>The profile by which Kip's code is laid out, against the code of today.</summary>
public sealed class MethodProfileTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Four_of_five_methods_that_the_profile_names_exist()
    {
        var named = Named(Repository.Path("eng", "kip.mibc"));
        named.Count.ShouldBeGreaterThan(1000);
        var missing = named.Where(static method => !Exists(method)).Order().ToList();
        missing.Count.ShouldBeLessThan(
            named.Count / 5, $"eng/kip.mibc is out of date: make it anew with ./bench profile. Missing, among others: {string.Join(", ", missing.Take(10))}");
    }

    private static List<(string Assembly, string Type, string Method)> Named(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        using var packed = archive.Entries.Single().Open();
        using var content = new MemoryStream();
        packed.CopyTo(content);
        content.Position = 0;
        using var assembly = new PEReader(content);
        var reader = assembly.GetMetadataReader();
        return
        [
            .. from handle in reader.MemberReferences
               let method = reader.GetMemberReference(handle)
               where method.Parent.Kind == HandleKind.TypeReference
               let type = NameOf(reader, (TypeReferenceHandle)method.Parent)
               select (type.Assembly, type.Name, reader.GetString(method.Name)),
        ];
    }

    private static (string Assembly, string Name) NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var outer = NameOf(reader, (TypeReferenceHandle)type.ResolutionScope);
            return (outer.Assembly, $"{outer.Name}+{name}");
        }
        var assembly = reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
        return (assembly, type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}");
    }

    private static bool Exists((string Assembly, string Type, string Method) named) =>
        Assembly.Load(named.Assembly).GetType(named.Type)?.GetMember(named.Method, MemberTypes.Method | MemberTypes.Constructor, Any).Length > 0;
}
