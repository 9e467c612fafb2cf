using System.Diagnostics.Tracing;

namespace Kip.Bench.Profile;

/// <summary>Listens inside a kip to what the runtime says of methods compiled ahead: each is named once, when it is entered first.</summary>
internal sealed class EnteredMethods : EventListener
{
    /// <summary>The runtime's variable with the assembly that is loaded before <c>Main</c>.</summary>
    public const string Hook = "DOTNET_STARTUP_HOOKS";

    /// <summary>The variable with the file that is written when the program ends.</summary>
    public const string File = "KIP_PROFILE_FILE";

    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords CompilationDiagnostic = (EventKeywords)0x2000000000;
    private const int ReadyToRunGetEntryPoint = 159;

    private readonly List<EnteredMethod> _seen = [];

    /// <summary>Records from now until the program ends.</summary>
    public static void RecordTo(string file)
    {
        var methods = new EnteredMethods();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => methods.Write(file);
    }

    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == Runtime) EnableEvents(source, EventLevel.Verbose, CompilationDiagnostic);
    }

    protected override void OnEventWritten(EventWrittenEventArgs said)
    {
        // The method's address, its type, its name, its signature, its entry point.
        if (said.EventId != ReadyToRunGetEntryPoint || said.Payload is not [_, string type, string name, ..]) return;
        lock (_seen) _seen.Add(new(said.TimeStamp, WithoutArguments(type), name));
    }

    // Code is shared by all instantiations over classes, and the others of Kip are few.
    private static string WithoutArguments(string type) => type.Split('[')[0];

    private void Write(string file)
    {
        lock (_seen) System.IO.File.WriteAllLines(file, _seen.Select(static method => method.ToString()));
    }
}
