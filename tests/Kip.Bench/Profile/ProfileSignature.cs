using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Kip.Bench.Profile;

/// <summary>Writes signatures of other assemblies as the profile has to write them: the same bytes, with the profile's own references to types.</summary>
/// <remarks>ECMA-335, II.23.2. Each part of a signature is decoded to the bytes that stand for it.</remarks>
internal sealed class ProfileSignature(ProfileReferences references) : ISignatureTypeProvider<byte[], object?>
{
    // II.23.2.15: GENERICINST of a method.
    private const byte GenericMethod = 0x0a;

    /// <summary>The signature of a method, for a reference to it.</summary>
    public byte[] Of(BuiltMethod method)
    {
        var signature = method.Definition.DecodeSignature(this, null);
        byte[] generic = signature.Header.IsGeneric ? Number(signature.GenericParameterCount) : [];
        return [signature.Header.RawValue, .. generic, .. Number(signature.ParameterTypes.Length), .. signature.ReturnType, .. Joined(signature.ParameterTypes)];
    }

    /// <summary>A generic type over classes, whichever they are: the code that these share.</summary>
    public byte[] OverClasses(BuiltType type) =>
        GetGenericInstantiation(GetTypeFromDefinition(type.Reader, type.Handle, (byte)type.Kind), Classes(type.Definition.GetGenericParameters().Count));

    /// <summary>The instantiation of a generic method over classes.</summary>
    public byte[] OverClasses(int count) => [GenericMethod, .. Number(count), .. Joined(Classes(count))];

    public byte[] GetPrimitiveType(PrimitiveTypeCode typeCode) => [(byte)typeCode];

    public byte[] GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        [rawTypeKind, .. Token(references.Type(reader, handle))];

    public byte[] GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        [rawTypeKind, .. Token(references.Type(reader, handle))];

    public byte[] GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public byte[] GetGenericInstantiation(byte[] genericType, ImmutableArray<byte[]> typeArguments) =>
        [(byte)SignatureTypeCode.GenericTypeInstance, .. genericType, .. Number(typeArguments.Length), .. Joined(typeArguments)];

    public byte[] GetGenericTypeParameter(object? genericContext, int index) => [(byte)SignatureTypeCode.GenericTypeParameter, .. Number(index)];

    public byte[] GetGenericMethodParameter(object? genericContext, int index) => [(byte)SignatureTypeCode.GenericMethodParameter, .. Number(index)];

    public byte[] GetSZArrayType(byte[] elementType) => [(byte)SignatureTypeCode.SZArray, .. elementType];

    public byte[] GetByReferenceType(byte[] elementType) => [(byte)SignatureTypeCode.ByReference, .. elementType];

    public byte[] GetPointerType(byte[] elementType) => [(byte)SignatureTypeCode.Pointer, .. elementType];

    public byte[] GetPinnedType(byte[] elementType) => [(byte)SignatureTypeCode.Pinned, .. elementType];

    // A modifier is written without saying whether it is a class or a value: its first byte is left out.
    public byte[] GetModifiedType(byte[] modifier, byte[] unmodifiedType, bool isRequired) =>
        [(byte)(isRequired ? SignatureTypeCode.RequiredModifier : SignatureTypeCode.OptionalModifier), .. modifier[1..], .. unmodifiedType];

    public byte[] GetArrayType(byte[] elementType, ArrayShape shape) => throw new NotSupportedException("arrays of several dimensions");

    public byte[] GetFunctionPointerType(MethodSignature<byte[]> signature) => throw new NotSupportedException("function pointers");

    private ImmutableArray<byte[]> Classes(int count) =>
        [.. Enumerable.Repeat<byte[]>([(byte)SignatureTypeKind.Class, .. Token(references.Canonical)], count)];

    private static byte[] Token(EntityHandle type) => Number(CodedIndex.TypeDefOrRefOrSpec(type));

    private static byte[] Number(int number)
    {
        var blob = new BlobBuilder();
        blob.WriteCompressedInteger(number);
        return blob.ToArray();
    }

    private static IEnumerable<byte> Joined(ImmutableArray<byte[]> parts) => parts.SelectMany(static part => part);
}
