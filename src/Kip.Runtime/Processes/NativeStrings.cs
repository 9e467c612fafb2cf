using System.Runtime.InteropServices;
using System.Text;

namespace Kip.Runtime.Processes;

/// <summary>Strings and arrays of strings in native memory, freed together.</summary>
internal readonly unsafe ref struct NativeStrings : IDisposable
{
    private readonly List<nint> _blocks = [];

    public NativeStrings() { }

    public byte* Add(string text)
    {
        var bytes = (byte*)NativeMemory.Alloc((nuint)Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        _blocks.Add((nint)bytes);
        var length = Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, Encoding.UTF8.GetMaxByteCount(text.Length)));
        bytes[length] = 0;
        return bytes;
    }

    public byte** AddArray(string[] texts)
    {
        var array = (byte**)NativeMemory.Alloc((nuint)(texts.Length + 1), (nuint)sizeof(byte*));
        _blocks.Add((nint)array);
        for (var i = 0; i < texts.Length; i++) array[i] = Add(texts[i]);
        array[texts.Length] = null;
        return array;
    }

    public void Dispose()
    {
        foreach (var block in _blocks) NativeMemory.Free((void*)block);
    }
}
