namespace Kip.CloudEvents;

/// <summary>The version of the specification that an event follows. It is never changed on the way.</summary>
public enum CloudEventSpecVersion
{
    /// <summary><c>1.0</c>.</summary>
    V1,

    /// <summary><c>0.3</c>: <c>schemaurl</c> for <c>dataschema</c>, and <c>datacontentencoding</c>.</summary>
    V03,
}
