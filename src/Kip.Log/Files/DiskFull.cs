namespace Kip.Log.Files;

/// <summary>Tells "no space" from every other failure of a disk.</summary>
public static class DiskFull
{
    // errno values of Linux; the framework carries them in HResult.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>True for a full disk and for a used-up quota.</summary>
    public static bool Is(Exception error) => error is IOException { HResult: NoSpace or QuotaExceeded };

    /// <summary>The failure a full disk gives.</summary>
    public static IOException Make(string file) => new($"No space left on device: '{file}'", NoSpace);
}
