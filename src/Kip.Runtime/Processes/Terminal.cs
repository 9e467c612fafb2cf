using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Processes;

/// <summary>A pseudo-terminal: the program has its far end, Kip the near one.</summary>
internal sealed unsafe class Terminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const nuint SetWindowSize = 0x5414;

    private readonly SafeFileHandle _near;

    private Terminal(SafeFileHandle near, string farPath) => (_near, FarPath) = (near, farPath);

    /// <summary>The far end's device file; a session's first process that opens it gets it as its terminal.</summary>
    public string FarPath { get; }

    /// <exception cref="ProcessStartException">The machine has no terminal left.</exception>
    public static Terminal Open()
    {
        var near = LibC.OpenTerminal(ReadWrite | NoControllingTerminal | LibC.CloseOnExec);
        var name = stackalloc byte[128];
        if (near < 0 || LibC.GrantTerminal(near) < 0 || LibC.UnlockTerminal(near) < 0 || LibC.TerminalName(near, name, 128) != 0)
        {
            var why = Marshal.GetLastPInvokeErrorMessage();
            if (near >= 0) _ = LibC.Close(near);
            throw new ProcessStartException($"cannot open a terminal: {why}");
        }
        return new Terminal(new SafeFileHandle(near, ownsHandle: true), Marshal.PtrToStringUTF8((nint)name)!);
    }

    /// <summary>Another descriptor of the near end, for the caller to close.</summary>
    public int Duplicate() => LibC.FileControl((int)_near.DangerousGetHandle(), LibC.DuplicateCloseOnExec, 0);

    public void Resize(int columns, int rows)
    {
        var size = stackalloc ushort[4] { (ushort)Math.Clamp(rows, 0, ushort.MaxValue), (ushort)Math.Clamp(columns, 0, ushort.MaxValue), 0, 0 };
        if (!_near.IsClosed) _ = LibC.Control((int)_near.DangerousGetHandle(), SetWindowSize, size);
    }

    public void Dispose() => _near.Dispose();
}
