using System.Diagnostics;

namespace Kip.Testing.Programs;

/// <summary>What a program is given to read.</summary>
public static class StandardInput
{
    /// <summary>Writes a text to a program's standard input and closes it. A program that has ended without reading is none the worse for it.</summary>
    /// <param name="text">Null: nothing, the input is closed at once.</param>
    public static async Task FeedAsync(this Process program, string? text)
    {
        try
        {
            if (text is not null) await program.StandardInput.WriteAsync(text);
            program.StandardInput.Close();
        }
        catch (IOException)
        {
            // It refused its arguments and was gone before anything could be written: its exit code and words tell.
        }
    }
}
