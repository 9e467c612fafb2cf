using System.Runtime.InteropServices;

namespace Kip.Runtime.Processes;

/// <summary>A program could not be started. The message says which and why, in words for the person who deployed it.</summary>
public sealed class ProcessStartException(string message) : Exception(message)
{
    private const int NotFound = 2;
    private const int TooLong = 7;
    private const int NotExecutable = 8;
    private const int Denied = 13;

    internal static ProcessStartException For(string program, int error) => new(error switch
    {
        NotFound => $"exec {program}: not found (or the interpreter named in its first line is)",
        Denied => $"exec {program}: permission denied; is the file executable?",
        NotExecutable => $"exec {program}: not a program for this machine, and no #! line says what runs it",
        TooLong => $"exec {program}: arguments and environment are too long",
        _ => $"exec {program}: {Marshal.GetPInvokeErrorMessage(error)}",
    });
}
