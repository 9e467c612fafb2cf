using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>The arguments of a call as what its signature says they are.</summary>
internal static class CelArguments
{
    extension(CelValue[] arguments)
    {
        public string Text(int at) => ((CelText)arguments[at]).Value;

        public long Int(int at) => ((CelInt)arguments[at]).Value;

        public ulong Uint(int at) => ((CelUint)arguments[at]).Value;

        public double Double(int at) => ((CelDouble)arguments[at]).Value;

        public bool Bool(int at) => ((CelBool)arguments[at]).Value;

        public ReadOnlyMemory<byte> Bytes(int at) => ((CelBytes)arguments[at]).Value;

        public DateTimeOffset Timestamp(int at) => ((CelTimestamp)arguments[at]).Value;

        public TimeSpan Duration(int at) => ((CelDuration)arguments[at]).Value;

        public CelList List(int at) => (CelList)arguments[at];

        public CelMap Map(int at) => (CelMap)arguments[at];

        public CelOptional Optional(int at) => (CelOptional)arguments[at];
    }
}
