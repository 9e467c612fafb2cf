namespace Kip.CloudEvents;

/// <summary>The attributes of an event that are set, for <c>foreach</c>.</summary>
public readonly struct CloudEventAttributes(CloudEvent cloudEvent)
{
    private static readonly string[] Core =
    [
        AttributeNames.SpecVersion, AttributeNames.Id, AttributeNames.Source, AttributeNames.Type, AttributeNames.DataContentType,
        AttributeNames.DataSchema, AttributeNames.SchemaUrl, AttributeNames.Subject, AttributeNames.Time,
    ];

    public Enumerator GetEnumerator() => new(cloudEvent);

    /// <summary>Goes over the core attributes, then over the extensions.</summary>
    public struct Enumerator(CloudEvent cloudEvent)
    {
        private int _next;

        public CloudEventAttribute Current { get; private set; }

        public bool MoveNext()
        {
            while (_next < Core.Length)
            {
                var name = Core[_next++];
                if (IsCoreOf(name) && cloudEvent.TryGetAttribute(name, out var value))
                {
                    Current = new(name, value);
                    return true;
                }
            }
            var extension = _next++ - Core.Length;
            if (extension >= cloudEvent.Extensions.Length)
                return false;
            Current = cloudEvent.Extensions[extension];
            return true;
        }

        // The two names of the schema belong to one version each; in the other version the name is an extension's.
        private readonly bool IsCoreOf(string name) => name switch
        {
            AttributeNames.DataSchema => cloudEvent.SpecVersion == CloudEventSpecVersion.V1,
            AttributeNames.SchemaUrl => cloudEvent.SpecVersion == CloudEventSpecVersion.V03,
            _ => true,
        };
    }
}
