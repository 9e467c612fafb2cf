using System.Text;

namespace Kip.Testing.Kubectl;

/// <summary>A command as a person types it, taken apart: blanks separate, single quotes keep together.</summary>
public static class CommandLineText
{
    public static string[] Split(string line)
    {
        var words = new List<string>();
        var (word, inWord, quoted) = (new StringBuilder(), false, false);
        foreach (var c in line)
        {
            if (c == '\'') (quoted, inWord) = (!quoted, true);
            else if (c == ' ' && !quoted) End();
            else
            {
                word.Append(c);
                inWord = true;
            }
        }
        End();
        return [.. words];

        void End()
        {
            if (inWord) words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}
