/** The list of keys. */
import { Kbd, Modal, Table } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { useReturnFocus } from '../../ui/returnFocus.ts'

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { query } = useText()
  useReturnFocus()
  return (
    <Modal opened onClose={onClose} title={query.keys.title} size="sm">
      <Table withRowBorders={false} verticalSpacing={5}>
        <Table.Tbody>
          {query.keys.rows.map(([key, meaning]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" w={90}>
                <Kbd>{key}</Kbd>
              </Table.Th>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
