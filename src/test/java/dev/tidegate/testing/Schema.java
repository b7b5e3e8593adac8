package dev.tidegate.testing;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The messages of {@code tidegate/v1/*.proto}, as the build's protoc has compiled them. */
public final class Schema {
  private static final Map<String, Descriptor> MESSAGES = load();

  private Schema() {}

  public static Descriptor message(String name) {
    return MESSAGES.get(name);
  }

  private static Map<String, Descriptor> load() {
    Map<String, FileDescriptor> files = new HashMap<>();
    Map<String, Descriptor> messages = new HashMap<>();
    try (InputStream in = Schema.class.getResourceAsStream("/tidegate.desc")) {
      // protoc lists a file after those that it imports.
      for (FileDescriptorProto file : FileDescriptorSet.parseFrom(in).getFileList()) {
        List<FileDescriptor> imports = new ArrayList<>();
        file.getDependencyList().forEach(name -> imports.add(files.get(name)));
        FileDescriptor built =
            FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new));
        files.put(file.getName(), built);
        built.getMessageTypes().forEach(message -> messages.put(message.getName(), message));
      }
    } catch (IOException | DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
    return messages;
  }
}
